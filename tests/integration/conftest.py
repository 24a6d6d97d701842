from tests.moto_speed import hasten_moto

hasten_moto()
