//! Axes.

/// A logarithmic axis: powers of two lie at equal distances.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axis {
    /// The exponents at its ends.
    pub(super) exponents: (f64, f64),
    /// And where these are in the picture.
    pub(super) ends: (f64, f64),
}

impl Axis {
    /// Reaches around all values and 1, from a power of two to another one.
    pub(super) fn around(values: impl Iterator<Item = f64>, ends: (f64, f64)) -> Self {
        let exponents = values.map(f64::log2).fold((0.0_f64, 0.0_f64), |(low, high), exponent| {
            (low.min(exponent.floor()), high.max(exponent.ceil()))
        });
        // Never of no length.
        Self { exponents: (exponents.0, exponents.1.max(exponents.0 + 1.0)), ends }
    }

    pub(super) fn at(&self, value: f64) -> f64 {
        let (low, high) = self.exponents;
        let part = (value.log2() - low) / (high - low);
        self.ends.0 + part * (self.ends.1 - self.ends.0)
    }

    /// The powers of two on it.
    pub(super) fn ticks(&self) -> impl Iterator<Item = f64> {
        let (low, high) = self.exponents;
        std::iter::successors(Some(low), |exponent| Some(exponent + 1.0))
            .take_while(move |exponent| *exponent <= high)
            .map(f64::exp2)
    }
}

/// A power of two as a factor.
pub(super) fn times(tick: f64) -> String {
    if tick < 1.0 { format!("1/{}", tick.recip()) } else { format!("{tick}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_reaches_around_its_values_and_one() {
        let axis = Axis::around([0.3, 5.0].into_iter(), (0.0, 100.0));
        assert_eq!(axis.ticks().collect::<Vec<_>>(), [0.25, 0.5, 1.0, 2.0, 4.0, 8.0]);
        assert!((axis.at(1.0) - 40.0).abs() < 1e-9);
        assert_eq!(Axis::around([].into_iter(), (0.0, 1.0)).ticks().count(), 2);
    }

    #[test]
    fn factors_are_written_as_one_says_them() {
        assert_eq!(
            (times(0.25).as_str(), times(1.0).as_str(), times(8.0).as_str()),
            ("1/4", "1", "8")
        );
    }
}
