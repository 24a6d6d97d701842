"""Takes events on Lambda. Small, so that it starts fast, and apart, so that a flood of events starves nobody else."""

from aws_lambda_powertools.logging import Logger
from mangum import Mangum

import shared.http.fast_import  # noqa: F401 -- first of all: it shortens what follows
from functions.collect.app import create_app
from functions.collect.services import Services
from functions.collect.settings import Settings
from shared.platform.settings import load

logger = Logger()  # what its children in the app write through: without it, their lines go nowhere
app = create_app(Services(load(Settings)))
handler = Mangum(app, lifespan="off")
