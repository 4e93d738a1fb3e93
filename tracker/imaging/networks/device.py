"""Where the networks run."""

import torch


def choose() -> torch.device:
    """The GPU where torch finds one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def settle() -> None:
    """One thread, and float32 without shortcuts: so that CPU and GPU agree to 1e-3.

    TF32, torch's default for convolutions on a GPU, keeps 10 bits of the mantissa: 1e-3 of every product.
    """
    torch.set_num_threads(1)
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.benchmark = False  # it would choose another algorithm, and rounding, from run to run
