"""What the desk and the treatment room type in."""
