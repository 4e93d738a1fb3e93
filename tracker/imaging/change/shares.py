"""How sure a share of patients is: "8 of 10" says little more than "somewhere between half and nearly all"."""

import math


def share_interval(count: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share by Wilson's score, 0 to 1; NaN where nobody was counted.

    Parameters
    ----------
    count, of : int
        How many, of how many.

    Notes
    -----
    Wilson's interval keeps about 95 % down to n = 5 and never leaves 0 to 1; the textbook one (Wald) covers 80 % of
    small samples and gives 100 % to 100 % for 5 of 5.

    References
    ----------
    Wilson. J Am Stat Assoc 1927;22:209-12. doi:10.1080/01621459.1927.10502953
    Brown, Cai, DasGupta. Stat Sci 2001;16:101-33. doi:10.1214/ss/1009213286
    """
    if of < 1:
        return math.nan, math.nan
    from statsmodels.stats.proportion import proportion_confint  # 0.6 s to import, for reports only

    low, high = proportion_confint(count, of, alpha=0.05, method="wilson")
    return float(low), float(high)
