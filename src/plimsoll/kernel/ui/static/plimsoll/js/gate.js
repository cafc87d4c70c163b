/* The pages before signing in need only this: a refused form is read first, and is not sent twice. */
import { start } from "./forms.js";

start(document);
