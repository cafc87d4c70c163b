"""What a figure is: definitions of indicators, periods, figures, and the registry of them. It knows no model of a room and asks no database."""
