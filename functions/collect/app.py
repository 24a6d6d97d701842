"""The app that takes events."""

from fastapi import FastAPI

from functions.collect import routes
from functions.collect.services import Services
from shared.http.app import build_app


def create_app(services: Services) -> FastAPI:
    """The app on these services; building it connects to nothing."""
    return build_app(services, [routes.router])
