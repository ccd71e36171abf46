"""The pages: each authorises, runs a form, calls one service, and answers."""
