//! Medians and ranges of measurements.

/// The values of a few runs of one measurement, sorted.
#[derive(Clone, Debug)]
pub struct Runs(Vec<f64>);

impl Runs {
    pub fn new(mut values: Vec<f64>) -> Runs {
        values.sort_by(f64::total_cmp);
        Runs(values)
    }

    pub fn median(&self) -> f64 {
        let middle = self.0.len() / 2;
        self.0.get(middle).copied().unwrap_or(f64::NAN)
    }

    pub fn least(&self) -> f64 {
        self.0.first().copied().unwrap_or(f64::NAN)
    }

    pub fn most(&self) -> f64 {
        self.0.last().copied().unwrap_or(f64::NAN)
    }

    /// The median, and the range in brackets.
    pub fn show(&self, digits: usize) -> String {
        format!(
            "{:.digits$} ({:.digits$}–{:.digits$})",
            self.median(),
            self.least(),
            self.most()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_stands_before_the_least_and_the_most() {
        let runs = Runs::new(vec![3.0, 1.0, 10.0]);
        assert_eq!(runs.show(1), "3.0 (1.0–10.0)");
    }
}
