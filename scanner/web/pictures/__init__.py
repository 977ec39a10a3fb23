"""Pictures of times: values in, places on a drawing out. No words, no colours, no clock.

A drawing is ``WIDTH`` units wide, whatever its size on the screen. Templates draw it (``templates/pictures``)
and say the same in words beside it, since nobody has to see a picture.
"""

from typing import Final

WIDTH: Final = 440
