"""Packs the trained members into the one file that ships, in float16, and their loss curves into loss.csv.

python models/face-landmarks-v1/pack.py --runs RUNS [--members 5]
python models/register.py face-landmarks-v1
"""

import argparse
import json
import sys
from pathlib import Path

from safetensors.torch import load_file, save_file

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

from train import LOCATOR, READER, facts_of, new_network  # noqa: E402

from tracker.imaging.networks.face_landmarks import folded  # noqa: E402


def main() -> None:
    """Folds batch norms into their convolutions, which makes a member smaller and faster, and writes both files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=Path, required=True)
    parser.add_argument("--members", type=int, default=5)
    args = parser.parse_args()
    tensors, rows, seconds = {}, [], 0.0
    for fold in range(args.members):
        for stage in (LOCATOR, READER):
            stored = args.runs / f"{stage.name}-{fold}.safetensors"
            facts = facts_of(stored)
            if int(facts["step"]) != stage.steps:
                raise SystemExit(
                    f"{stored.name}: stopped at step {facts['step']} of {stage.steps}. Train it to the end."
                )
            net = new_network(stage)
            net.load_state_dict({k[4:]: v for k, v in load_file(stored).items() if k.startswith("ema.")})
            state = folded(net).state_dict()
            tensors |= {f"m{fold}.{stage.name}.{k}": v.half().contiguous() for k, v in state.items()}
            rows += [(step, stage.name, fold, loss) for step, loss in json.loads(facts["curve"])[1::2]]
            seconds += float(facts["seconds"])
    save_file(tensors, HERE / "face-landmarks-v1.safetensors")
    lines = ["step,stage,fold,loss", *(",".join(map(str, row)) for row in sorted(rows))]
    (HERE / "loss.csv").write_text("\n".join(lines) + "\n", "utf-8")
    print(f"{len(tensors)} tensors, {seconds / 3600:.2f} h of training")


if __name__ == "__main__":
    main()
