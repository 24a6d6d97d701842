"""The app that takes events."""

from functions.collect import routes
from functions.collect.cross_origin import CrossOrigin
from functions.collect.services import Services
from shared.http.app import App, build_app


def create_app(services: Services) -> App:
    """The app on these services; building it connects to nothing."""
    app = build_app(services, [routes.router])
    app.add_middleware(CrossOrigin)
    return app
