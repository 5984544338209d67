//! A chart of stacked bars, worked out here and drawn by the template: money by day and channel.
//!
//! The page always has the same figures as a table beside it, and no meaning hangs on colour or on
//! a pointer alone.

use kernel::Cents;
use serde::Serialize;

/// The size of the drawing and where its axes stand, in its own units.
const WIDTH: i64 = 720;
const HEIGHT: i64 = 260;
const LEFT: i64 = 76;
const TOP: i64 = 12;
const BOTTOM: i64 = 36;
/// How many lines across.
const STEPS: i64 = 4;
/// How many days have their name under the bar.
const NAMES: usize = 8;

/// The chart.
#[derive(Serialize)]
pub struct Chart {
    width: i64,
    height: i64,
    left: i64,
    lines: Vec<Line>,
    bars: Vec<Bar>,
}

/// A line across, with what it stands for.
#[derive(Serialize)]
struct Line {
    y: i64,
    amount: String,
}

/// The bar of a day.
#[derive(Serialize)]
struct Bar {
    x: i64,
    middle: i64,
    width: i64,
    /// Under the bar; empty where there is no room.
    name: String,
    parts: Vec<Part>,
}

/// A part of a bar.
#[derive(Serialize)]
struct Part {
    y: i64,
    height: i64,
    /// Which channel, by its place among all.
    series: usize,
}

/// A day: its name below the bar, and the parts as (series, amount).
pub type Day = (String, Vec<(usize, Cents)>);

/// The lowest of 1, 2, 2.5 and 5 times a power of ten dollars that is not below an amount.
fn rounded_up(cents: i64) -> i64 {
    let mut power = 100;
    loop {
        for tenths in [10, 20, 25, 50] {
            let step = power * tenths / 10;
            if step >= cents {
                return step;
            }
        }
        power *= 10;
    }
}

impl Chart {
    /// The chart of some days, oldest first.
    #[must_use]
    pub fn new(days: &[Day]) -> Self {
        let sum = |day: &Day| day.1.iter().map(|(_, cents)| cents.get()).sum::<i64>();
        let highest = days.iter().map(sum).max().unwrap_or(0).max(1);
        let step = rounded_up((highest + STEPS - 1) / STEPS);
        let (most, room) = (step * STEPS, HEIGHT - TOP - BOTTOM);
        let base = TOP + room;
        let count = i64::try_from(days.len()).unwrap_or(1).max(1);
        let each = (WIDTH - LEFT) / count;
        let every = days.len().div_ceil(NAMES).max(1);
        let bars = (0_i64..).zip(days).enumerate().map(|(at, (n, day))| {
            let (mut below, mut parts) = (0, Vec::new());
            for (series, cents) in &day.1 {
                let (from, to) = (below * room / most, (below + cents.get()) * room / most);
                below += cents.get();
                parts.push(Part {
                    y: base - to,
                    height: to - from,
                    series: *series,
                });
            }
            let named = (days.len() - 1 - at).is_multiple_of(every);
            Bar {
                x: LEFT + n * each + each / 8,
                middle: LEFT + n * each + each / 2,
                width: each - each / 4,
                name: if named { day.0.clone() } else { String::new() },
                parts,
            }
        });
        Chart {
            width: WIDTH,
            height: HEIGHT,
            left: LEFT,
            lines: (0..=STEPS)
                .map(|n| Line {
                    y: base - n * room / STEPS,
                    amount: Cents::new(n * step).to_string(),
                })
                .collect(),
            bars: bars.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_ends_at_a_round_amount_that_holds_the_highest_bar() {
        for (cents, round) in [
            (1, 100),
            (100, 100),
            (101, 200),
            (201, 250),
            (251, 500),
            (501, 1_000),
            (86_400, 100_000),
        ] {
            assert_eq!(rounded_up(cents), round, "{cents}");
        }
    }

    #[test]
    fn parts_stand_on_one_another_and_their_heights_are_their_shares() {
        let part = |series, cents| (series, Cents::new(cents));
        let days = [
            ("1".to_owned(), vec![part(0, 10_000), part(4, 30_000)]),
            ("2".to_owned(), Vec::new()),
        ];
        let chart = Chart::new(&days);
        let room = HEIGHT - TOP - BOTTOM;
        let [low, high] = &chart.bars[0].parts[..] else {
            panic!("two parts");
        };
        assert_eq!((low.height, high.height), (room / 4, room - room / 4));
        assert_eq!(low.y + low.height, HEIGHT - BOTTOM);
        assert_eq!(high.y + high.height, low.y);
        assert!(chart.bars[1].parts.is_empty());
        assert!(chart.bars[1].x + chart.bars[1].width <= WIDTH);
    }

    #[test]
    fn no_money_and_no_days_are_drawn_too() {
        assert_eq!(Chart::new(&[]).lines.len(), 5);
        assert_eq!(Chart::new(&[("1".to_owned(), Vec::new())]).bars.len(), 1);
    }
}
