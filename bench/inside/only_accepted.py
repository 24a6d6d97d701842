"""The least that taking an event can be: FastAPI that answers 202 and does nothing else."""

from fastapi import FastAPI

app = FastAPI()


@app.post("/v1/events", status_code=202)
async def take() -> dict[str, int]:
    return {"accepted": 1}
