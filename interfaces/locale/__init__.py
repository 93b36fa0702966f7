"""The words of the screens: one .po file a language; `python -m interfaces.locale` keeps them up."""
