"""``GET /api/v1/challenge``: a challenge for clients that fetch one before they send a report.

Our widget never asks: the refusal of its report brings one along.
"""

from flask import Blueprint, Response, jsonify

from copydesk.errors import NotFound
from copydesk.intake.reception import reception

blueprint = Blueprint("challenge", __name__)

PATH = "/api/v1/challenge"


@blueprint.get(PATH)
def challenge() -> Response:
    """Answer with a new challenge; raises ``NotFound`` where no proof of work is asked for."""
    made = reception().challenge()
    if made is None:
        raise NotFound("No proof of work is asked for here.")
    return jsonify(made)
