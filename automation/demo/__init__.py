"""The demonstration: a whole case played by role-named accounts on the embedded forge.

Everything here acts from outside, as people do: through a forge client with their own token, and through
``git push``. laik itself runs as it does in production, told of events by the forge's webhooks.
"""
