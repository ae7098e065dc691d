"""Pure: the words, rules and decisions of laik, without clock, files, network or environment."""
