"""An API as it is usually written, with the packages that most would take. Connects to nothing."""

# Installed for benchmarks only: the type checker does not see these packages.
# mypy: disable-error-code="import-not-found, misc, untyped-decorator"

import boto3
from aws_lambda_powertools import Logger
from fastapi import FastAPI
from mangum import Mangum
from pydantic_settings import BaseSettings
from redis import Redis
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker


class Settings(BaseSettings):
    database_url: str = "postgresql+psycopg://user:password@127.0.0.1/database"
    region: str = "us-east-1"


class Base(DeclarativeBase):
    pass


class Site(Base):
    __tablename__ = "sites"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    domain: Mapped[str]


settings = Settings()
logger = Logger(service="usual")
session = sessionmaker(create_engine(settings.database_url))
cache = Redis()
bus = boto3.client("events", region_name=settings.region)
vault = boto3.client("secretsmanager", region_name=settings.region)
app = FastAPI()


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


handler = Mangum(app, lifespan="off")
