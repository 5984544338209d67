//! A run that would draft far more or far less than expected stops before the first draft.

use kernel::Cents;

/// How many drafts a run makes, and how much they come to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct RunTotals {
    /// The number of drafts.
    pub drafts: u64,
    /// Their sum.
    pub cents: Cents,
}

/// How far a run may be from its forecast, in hundredths of a percent, up and down.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Band {
    /// For the number of drafts.
    pub drafts_bp: u32,
    /// For their sum.
    pub cents_bp: u32,
    /// So many drafts more or less are always inside: a share of a few is no measure.
    pub spare_drafts: u64,
    /// So much money more or less is always inside.
    pub spare_cents: Cents,
}

/// Why a run stops. A person looks and releases it, or mends what is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Outside {
    /// Too many or too few drafts.
    #[error("the run has {found} drafts where {forecast} were expected; look before releasing it")]
    Drafts {
        /// What the run would make.
        found: u64,
        /// What was expected.
        forecast: u64,
    },
    /// Too much or too little money.
    #[error("the run comes to {found} where {forecast} was expected; look before releasing it")]
    Cents {
        /// What the run would draft.
        found: Cents,
        /// What was expected.
        forecast: Cents,
    },
}

/// Holds a run beside its forecast. The edges of the band are inside.
///
/// # Errors
/// [`Outside`] if it leaves the band.
pub fn check_forecast(run: RunTotals, forecast: RunTotals, band: Band) -> Result<(), Outside> {
    let spare = i128::from(band.spare_drafts);
    if !within(
        run.drafts.into(),
        forecast.drafts.into(),
        band.drafts_bp,
        spare,
    ) {
        return Err(Outside::Drafts {
            found: run.drafts,
            forecast: forecast.drafts,
        });
    }
    let (found, expected) = (run.cents.get(), forecast.cents.get());
    let spare = i128::from(band.spare_cents.get());
    if !within(found.into(), expected.into(), band.cents_bp, spare) {
        return Err(Outside::Cents {
            found: run.cents,
            forecast: forecast.cents,
        });
    }
    Ok(())
}

fn within(found: i128, forecast: i128, bp: u32, spare: i128) -> bool {
    let off = (found - forecast).abs();
    off <= spare || off * 10_000 <= forecast.abs() * i128::from(bp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_outside_its_band_stops() {
        let totals = |drafts, cents| RunTotals {
            drafts,
            cents: Cents::new(cents),
        };
        let forecast = totals(1000, 8_640_000);
        let band = Band {
            drafts_bp: 500,
            cents_bp: 1000,
            spare_drafts: 0,
            spare_cents: Cents::ZERO,
        };
        for (run, holds) in [
            (forecast, true),
            (totals(1050, 8_640_000), true),
            (totals(1051, 8_640_000), false),
            (totals(950, 8_640_000), true),
            (totals(949, 8_640_000), false),
            (totals(1000, 9_504_000), true),
            (totals(1000, 9_504_001), false),
            (totals(1000, 7_775_999), false),
            (totals(0, 0), false),
        ] {
            assert_eq!(
                check_forecast(run, forecast, band).is_ok(),
                holds,
                "{run:?}"
            );
        }
        let roomy = Band {
            spare_drafts: 5,
            spare_cents: Cents::new(50_000),
            ..band
        };
        for (run, holds) in [
            (totals(6, 60_000), true),
            (totals(7, 60_000), false),
            (totals(2, 60_001), false),
        ] {
            let few = totals(1, 10_000);
            assert_eq!(check_forecast(run, few, roomy).is_ok(), holds, "{run:?}");
        }
        assert!(check_forecast(totals(0, 0), totals(0, 0), band).is_ok());
        assert!(check_forecast(totals(1, 1), totals(0, 0), band).is_err());
    }
}
