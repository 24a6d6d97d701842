"""FastAPI without the wait for models that only OpenAPI needs. Imported before FastAPI is.

At import, FastAPI builds some forty models of the OpenAPI specification (15 to 30 ms of the API's 350). With `defer_build` they are
built when first used; models declared after this module are built as usual.
"""

import pydantic

pydantic.BaseModel.model_config = pydantic.ConfigDict(defer_build=True)

import fastapi  # noqa: E402, F401 -- while the setting stands

pydantic.BaseModel.model_config = pydantic.ConfigDict()
