"""What the outline network is to those who use it: arrays in, arrays out (that of landmarks is in ``face.py``)."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class OutlineNetwork(Protocol):
    """An ensemble that says for every pixel whether it belongs to the lesion."""

    def __call__(self, planes: NDArray[np.float32]) -> NDArray[np.float32]:
        """Logits of every member, already divided by the temperature that calibrates them.

        Parameters
        ----------
        planes : ndarray of float32, shape (n, channels, height, width)
            The channels that the card of the network names; height and width are multiples of 16.

        Returns
        -------
        ndarray of float32, shape (members, n, height, width)
            Natural log of the odds; 0 is an even chance.
        """
