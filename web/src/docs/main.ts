import "swagger-ui-dist/swagger-ui.css";
import "./docs.css";
import { showApi } from "./api";
import { followColorScheme } from "./color-scheme";

const place = document.getElementById("api");
if (place === null) throw new Error("docs/index.html has no #api");

followColorScheme();
void showApi(place);
