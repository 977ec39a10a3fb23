"""Pictures of times: values in, places on a drawing out. No words, no colours, no clock.

Templates draw them (``templates/pictures``) and say the same in words beside them, since nobody has to see
a picture.
"""
