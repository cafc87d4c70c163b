"""The sample organisation of `./plimsoll demo`: read from content, made through the ordinary writes."""
