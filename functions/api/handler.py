"""Console and operations on Lambda: every route that `collect` and `query` do not serve."""

from aws_lambda_powertools.logging import Logger
from mangum import Mangum

import shared.http.fast_import  # noqa: F401 -- first of all: it shortens what follows
from functions.api.app import create_app
from functions.api.services import Services
from functions.api.settings import Settings
from shared.platform.settings import load

logger = Logger()  # what its children in the app write through: without it, their lines go nowhere
app = create_app(Services(load(Settings)))
handler = Mangum(app, lifespan="off")
