"""The outline networks: soft outlines of a lesion from the channels of one view, by an ensemble of members.

References
----------
U-Net: Ronneberger, Fischer, Brox, MICCAI 2015, doi:10.1007/978-3-319-24574-4_28. Group normalisation: Wu and He, ECCV
2018, doi:10.1007/978-3-030-01261-8_1. Ensembles: Lakshminarayanan et al., NeurIPS 2017, arXiv:1612.01474. Temperature:
Guo et al., ICML 2017, arXiv:1706.04599.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

CHANNELS = 12
"""Planes of ``tracker.imaging.outline.channels``."""
WIDTHS = (24, 48, 72, 96)
"""Features at 1/2, 1/4, 1/8 and 1/16 of the view."""
STRIDE = 16
"""The sides of a view must be multiples of it."""


def _pair(inner: int, outer: int) -> nn.Sequential:
    # One norm per pair: on a CPU its backward pass costs as much as the convolutions.
    return nn.Sequential(
        nn.Conv2d(inner, outer, 3, padding=1, bias=False),
        nn.GroupNorm(8, outer),
        nn.SiLU(),
        nn.Conv2d(outer, outer, 3, padding=1),
        nn.SiLU(),
    )


class OutlineNet(nn.Module):
    """A U-Net that works at half resolution and answers at full resolution (pixel shuffle), 0.5 M parameters.

    Parameters
    ----------
    widths : sequence of int
        Features per level, finest first.
    """

    def __init__(self, widths: Sequence[int] = WIDTHS) -> None:
        super().__init__()
        inner = [4 * CHANNELS, *widths[:-1]]
        self.down = nn.ModuleList(_pair(a, b) for a, b in zip(inner, widths, strict=True))
        self.up = nn.ModuleList(_pair(a + b, b) for a, b in zip(widths[:0:-1], widths[-2::-1], strict=True))
        self.answer = nn.Conv2d(widths[0], 4, 1)
        self.told = nn.Conv2d(CHANNELS, 1, 1, bias=False)
        # An untrained network answers the classical evidence (the last plane, in units of 4 log-odds): training begins
        # there rather than at nothing.
        for parameter in self.answer.parameters():
            nn.init.zeros_(parameter)
        nn.init.zeros_(self.told.weight)
        nn.init.constant_(self.told.weight[:, -1:], 4.0)
        self.temperature: Tensor
        self.register_buffer("temperature", torch.ones(()))

    def forward(self, planes: Tensor) -> Tensor:
        """Logits before the temperature.

        Parameters
        ----------
        planes : Tensor
            (n, 12, height, width), sides multiples of 16.

        Returns
        -------
        Tensor
            (n, height, width).
        """
        x = functional.pixel_unshuffle(planes, 2).contiguous(memory_format=torch.channels_last)
        seen = []
        for level, block in enumerate(self.down):
            x = block(functional.max_pool2d(x, 2) if level else x)
            seen.append(x)
        for block, fine in zip(self.up, seen[-2::-1], strict=True):
            x = block(torch.cat([functional.interpolate(x, scale_factor=2.0), fine], 1))
        learned: Tensor = functional.pixel_shuffle(self.answer(x), 2).float()
        told: Tensor = self.told(planes).float()
        return (learned + told)[:, 0]


class OutlineEnsemble:
    """Members that were trained on different people, as one callable.

    Parameters
    ----------
    members : sequence of OutlineNet
        In evaluation mode, on one device.
    """

    def __init__(self, members: Sequence[OutlineNet]) -> None:
        self._members = tuple(members)

    def __call__(self, planes: NDArray[np.float32]) -> NDArray[np.float32]:
        """Logits of every member, temperature applied.

        Parameters
        ----------
        planes : ndarray of float32, shape (n, 12, height, width)
            Channels of views; sides multiples of 16.

        Returns
        -------
        ndarray of float32, shape (members, n, height, width)
        """
        if planes.ndim != 4 or planes.shape[1] != CHANNELS or planes.shape[2] % STRIDE or planes.shape[3] % STRIDE:
            raise ValueError(f"planes must be (n, {CHANNELS}, 16 k, 16 k), got {planes.shape}")
        device = self._members[0].temperature.device
        with torch.inference_mode():
            x = torch.from_numpy(np.ascontiguousarray(planes, np.float32)).to(device)
            logits = torch.stack([member(x) / member.temperature for member in self._members])
        return np.asarray(logits.cpu().numpy(), np.float32)


def build(
    tensors: Mapping[str, Tensor], members: Sequence[int] | None = None, device: torch.device | None = None
) -> OutlineEnsemble:
    """The ensemble of a weights file.

    Parameters
    ----------
    tensors : mapping
        float32 on the CPU; keys of member k begin with ``"m<k>."``.
    members : sequence of int, optional
        Which members; all by default.
    device : torch.device, optional
        Where they run; the CPU by default.

    Raises
    ------
    KeyError
        Where a member is not in the file.
    """
    known = sorted({int(key.split(".", 1)[0][1:]) for key in tensors})
    nets = []
    for member in known if members is None else members:
        if member not in known:
            raise KeyError(f"member {member} is not among {known}")
        start = f"m{member}."
        net = OutlineNet()
        net.load_state_dict({key[len(start) :]: value for key, value in tensors.items() if key.startswith(start)})
        placed = net.eval().to(device or torch.device("cpu"))
        nets.append(placed.to(memory_format=torch.channels_last))  # type: ignore[call-overload]  # torch's stubs lack it
    return OutlineEnsemble(nets)
