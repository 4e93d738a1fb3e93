"""The face-landmark networks: a locator for whole frames and a reader for upright crops, as an ensemble of members.

Both answer points by the expectation of a heatmap (soft-argmax), so the answer is finer than the grid and trained by
the error itself.

References
----------
Integral regression: Sun et al., ECCV 2018, doi:10.1007/978-3-030-01231-1_33. Predicted Laplace scales: Kendall and Gal,
NeurIPS 2017, arXiv:1703.04977.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

from tracker.imaging.types import LandmarkReading

LOCATOR_SIDE = 96
"""Pixels of the locator's square frame."""
CROP_SIDE = 128
"""Pixels of the reader's square crop."""
ANCHORS = 6
"""Points that the locator answers."""
_CPU = torch.device("cpu")


class _Unit(nn.Module):
    """Convolution, batch norm, SiLU."""

    def __init__(self, inner: int, outer: int, stride: int = 1, size: int = 3) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inner, outer, size, stride, size // 2, bias=False)
        self.norm: nn.Module = nn.BatchNorm2d(outer)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = functional.silu(self.norm(self.conv(x)))
        return out


class _Residual(nn.Module):
    """Two units around a shortcut."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.one, self.two = _Unit(width, width), _Unit(width, width)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = x + self.two(self.one(x))
        return out


class PointNet(nn.Module):
    """Heatmaps of points at a quarter of the input's resolution, with an expected error each and a face logit.

    Parameters
    ----------
    points : int
        How many.
    widths : sequence of int
        Channels of the stem and of the levels at 1/4, 1/8 and 1/16.
    """

    def __init__(self, points: int, widths: Sequence[int]) -> None:
        super().__init__()
        stem, fine, middle, coarse = widths
        self.stem = nn.Sequential(_Unit(3, stem, 2, 5), _Unit(stem, fine, 2))
        self.fine = _Residual(fine)
        self.middle = nn.Sequential(_Unit(fine, middle, 2), _Residual(middle))
        self.coarse = nn.Sequential(_Unit(middle, coarse, 2), _Residual(coarse))
        self.up_middle = nn.Conv2d(coarse, middle, 1)
        self.at_middle = _Unit(middle, middle)
        self.up_fine = nn.Conv2d(middle, fine, 1)
        self.at_fine = _Unit(fine, fine)
        self.heat = nn.Conv2d(fine, points, 1)
        self.scale = nn.Linear(coarse, points)
        self.spread_gain = nn.Parameter(torch.full((points,), 0.5))
        self.face = nn.Linear(2 * coarse, 1)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Points, log scales, face logits and log heatmaps of images.

        Parameters
        ----------
        images : Tensor
            (n, 3, side, side) sRGB, 0 to 255.

        Returns
        -------
        tuple of Tensor
            (n, points, 2) in pixels of the image, (n, points) natural log of pixels, (n,), (n, points, side**2 / 16).
        """
        # Each image is brought to mean 0 and SD 1, so that dark skin and a dim light cost no precision.
        x = images - images.mean((1, 2, 3), keepdim=True)
        x = x / (x.pow(2).mean((1, 2, 3), keepdim=True).sqrt() + 4.0)
        fine = self.fine(self.stem(x.contiguous(memory_format=torch.channels_last)))
        middle = self.middle(fine)
        coarse = self.coarse(middle)
        middle = self.at_middle(middle + functional.interpolate(self.up_middle(coarse), scale_factor=2.0))
        top = self.at_fine(fine + functional.interpolate(self.up_fine(middle), scale_factor=2.0))
        side = top.shape[-1]
        heat = self.heat(top).float().flatten(2).log_softmax(2)
        points, spread = _expectation(heat, side)
        pooled = coarse.float().mean((2, 3))
        face = self.face(torch.cat([pooled, coarse.float().amax((2, 3))], 1))[:, 0].float()
        log_scale = self.scale(pooled).float() + self.spread_gain * spread.log()
        return points * 4 + 1.5, log_scale.clamp(-4, 4), face, heat


def _expectation(heat: Tensor, side: int) -> tuple[Tensor, Tensor]:
    """Mean (n, points, 2) and spread (n, points) of heatmaps in cells."""
    share = heat.exp().reshape(*heat.shape[:2], side, side)
    axis = torch.arange(side, dtype=share.dtype, device=share.device)
    columns, rows = share.sum(2), share.sum(3)
    mean = torch.stack([columns @ axis, rows @ axis], 2)
    square = columns @ axis**2 + rows @ axis**2 - mean.pow(2).sum(2)
    return mean, (square.clamp_min(0) + 0.01).sqrt()


def locator() -> PointNet:
    """An untrained locator: six anchors in a frame of 96 pixels."""
    return PointNet(ANCHORS, (12, 16, 24, 32))


def reader(points: int) -> PointNet:
    """An untrained reader of a crop of CROP_SIDE pixels."""
    return PointNet(points, (20, 40, 64, 72))


class Ensemble:
    """Locators and readers of several members, run in float32.

    Parameters
    ----------
    members : sequence of (PointNet, PointNet)
        Locator and reader of each.
    device : torch.device
        Where they run.
    """

    def __init__(self, members: Sequence[tuple[PointNet, PointNet]], device: torch.device = _CPU) -> None:
        self.device = device
        self._pool = ThreadPoolExecutor(2)
        self._locators = [_placed(one, device) for one, _ in members]
        self._readers = [_placed(two, device) for _, two in members]

    @torch.inference_mode()
    def locate(self, frames: NDArray[np.uint8]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Anchors and the probability of a face, averaged over the members.

        Parameters
        ----------
        frames : ndarray of uint8
            (n, 96, 96, 3) sRGB.

        Returns
        -------
        tuple of ndarray
            (n, 6, 2) in pixels of the frame: pupils, subnasale, mouth corners (the right of each pair first), chin;
            (n,) 0 to 1.
        """
        images = self._tensor(frames)
        answers = self._answers(self._locators, images)
        points = torch.stack([a[0] for a in answers]).double().mean(0)
        face = torch.stack([a[2] for a in answers]).double().sigmoid().mean(0)
        return points.cpu().numpy(), face.cpu().numpy()

    @torch.inference_mode()
    def read(self, crops: NDArray[np.uint8]) -> LandmarkReading:
        """Landmarks, expected errors and probability of a face of every member in every crop.

        Parameters
        ----------
        crops : ndarray of uint8
            (n, 128, 128, 3) sRGB.
        """
        images = self._tensor(crops)
        answers = self._answers(self._readers, images)
        points = torch.stack([a[0] for a in answers]).double()
        scales = torch.stack([a[1] for a in answers]).double().exp()
        face = torch.stack([a[2] for a in answers]).double().sigmoid()
        return LandmarkReading(points.cpu().numpy(), scales.cpu().numpy(), face.cpu().numpy())

    def _answers(self, nets: Sequence[PointNet], images: Tensor) -> list[tuple[Tensor, Tensor, Tensor, Tensor]]:
        """What every network says: two at a time, for threads inside one network compete instead (0.4 to 3.1 s)."""

        def answer(net: PointNet) -> tuple[Tensor, Tensor, Tensor, Tensor]:
            with torch.inference_mode():  # holds in the thread that asks for it only
                found: tuple[Tensor, Tensor, Tensor, Tensor] = net(images)
            return found

        return list(self._pool.map(answer, nets))

    def _tensor(self, images: NDArray[np.uint8]) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(images)).to(self.device).permute(0, 3, 1, 2).float()


def build(tensors: Mapping[str, Tensor], members: Sequence[int] | None = None, device: torch.device = _CPU) -> Ensemble:
    """The ensemble of stored weights.

    Parameters
    ----------
    tensors : mapping of str to Tensor
        Names ``m0.locator.``... and ``m0.reader.``..., float16 as stored or float32.
    members : sequence of int, optional
        Which members; all by default. A benchmark asks for the one that has not seen a person.
    device : torch.device
        Where the networks run.

    Raises
    ------
    ValueError
        If a tensor is missing or has another shape than the network.
    """
    stored = sorted({int(name[1 : name.index(".")]) for name in tensors})
    return Ensemble([_member(tensors, k) for k in (stored if members is None else members)], device)


def _member(tensors: Mapping[str, Tensor], member: int) -> tuple[PointNet, PointNet]:
    nets = folded(locator()), folded(reader(len(tensors[f"m{member}.reader.spread_gain"])))
    for net, name in zip(nets, ("locator", "reader"), strict=True):
        start = f"m{member}.{name}."
        state = {key.removeprefix(start): t.float() for key, t in tensors.items() if key.startswith(start)}
        try:
            net.load_state_dict(state)
        except RuntimeError as error:
            raise ValueError(f"face-landmarks weights: {error}") from None
    return nets


def folded(net: PointNet) -> PointNet:
    """The trained network as it is stored and run: batch norms folded into their convolutions (a fifth faster)."""
    net = net.eval()
    for module in net.modules():
        if isinstance(module, _Unit) and isinstance(module.norm, nn.BatchNorm2d):
            module.conv, module.norm = fuse_conv_bn_eval(module.conv, module.norm), nn.Identity()
    return net


def _placed(net: PointNet, device: torch.device) -> PointNet:
    return folded(net).to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]
