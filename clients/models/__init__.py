"""People and what was asked of them."""

from clients.models.person import Client
from clients.models.screening import Answer, Clearance, Screening

__all__ = ["Answer", "Clearance", "Client", "Screening"]
