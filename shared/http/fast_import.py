"""FastAPI without the wait for models that only OpenAPI needs. Imported before FastAPI is.

At import, FastAPI builds some forty models of the OpenAPI specification (15 to 30 ms of the API's 350). With `defer_build` they are
built when first used; models declared after this module are built as usual.

Of every annotation FastAPI asks whether it is a model of pydantic 1, and imports all of that to know (15 ms). It is content
with pydantic 1 being missing.
"""

import sys

import pydantic

sys.modules["pydantic.v1"] = None  # type: ignore[assignment]  # what Python takes for a module that can't be imported

pydantic.BaseModel.model_config = pydantic.ConfigDict(defer_build=True)

import fastapi  # noqa: E402, F401 -- while the setting stands

pydantic.BaseModel.model_config = pydantic.ConfigDict()
