"""Reading a text that somebody else wrote, as a structure. It knows neither Django nor what the text is about."""
