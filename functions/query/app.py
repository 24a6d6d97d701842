"""The app that answers queries."""

from fastapi import FastAPI

from functions.query import routes
from functions.query.services import Services
from shared.http.app import build_app


def create_app(services: Services) -> FastAPI:
    """The app on these services; building it connects to nothing."""
    return build_app(services, [routes.router])
