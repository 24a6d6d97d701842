"""The app that answers queries."""

from functions.query import routes
from functions.query.services import Services
from shared.http.app import App, build_app


def create_app(services: Services) -> App:
    """The app on these services; building it connects to nothing."""
    return build_app(services, [routes.router])
