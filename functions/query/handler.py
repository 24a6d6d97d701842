"""Answers queries on Lambda: apart, with memory of its own, so that a heavy question slows nobody who asks for something else."""

from aws_lambda_powertools.logging import Logger
from mangum import Mangum

import shared.http.fast_import  # noqa: F401 -- first of all: it shortens what follows
from functions.query.app import create_app
from functions.query.services import Services
from functions.query.settings import Settings
from shared.platform.settings import load

logger = Logger()  # what its children in the app write through: without it, their lines go nowhere
app = create_app(Services(load(Settings)))
handler = Mangum(app, lifespan="off")
