"""The pages: a module per screen that parses, authorises, calls and renders."""
