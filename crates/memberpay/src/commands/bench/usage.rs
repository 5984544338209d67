//! What a run used: processor seconds of this process and of a PostgreSQL on the same machine, and
//! the most memory this process had. From `/proc`, so on Linux only; elsewhere it says that it does
//! not know.
#![expect(clippy::float_arithmetic, reason = "seconds of a benchmark; no money")]

use std::fmt;

/// Ticks a second in `/proc/*/stat`; Linux has had 100 for user space on every platform it runs on
/// here.
const TICKS: f64 = 100.0;

/// What was used up to a moment, or between two.
#[derive(Debug, Clone, Copy, Default)]
pub struct Usage {
    own_ticks: Option<u64>,
    database_ticks: Option<u64>,
    peak_kib: Option<u64>,
}

impl Usage {
    /// What was used so far.
    #[must_use]
    pub fn now(database_url: &str) -> Self {
        let own = std::fs::read_to_string("/proc/self/stat").ok();
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        Usage {
            own_ticks: own.and_then(|stat| ticks(&stat, false)),
            database_ticks: database_url.starts_with("postgres").then(postgres_ticks),
            peak_kib: peak.and_then(|text| text.split_whitespace().next()?.parse().ok()),
        }
    }

    /// What was used since `before`; the memory is the most so far.
    #[must_use]
    pub fn since(self, before: &Usage) -> Usage {
        let less = |now: Option<u64>, then: Option<u64>| Some(now?.saturating_sub(then?));
        Usage {
            own_ticks: less(self.own_ticks, before.own_ticks),
            database_ticks: less(self.database_ticks, before.database_ticks),
            peak_kib: self.peak_kib,
        }
    }
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.own_ticks {
            Some(ticks) => write!(f, "{:.1} CPU s here", ticks as f64 / TICKS)?,
            None => f.write_str("CPU not known")?,
        }
        if let Some(ticks) = self.database_ticks {
            write!(f, ", {:.1} CPU s in PostgreSQL", ticks as f64 / TICKS)?;
        }
        match self.peak_kib {
            Some(kib) => write!(f, ", at most {} MB of memory", kib / 1024),
            None => Ok(()),
        }
    }
}

/// User and system ticks of a process, with those of the children it has buried if asked for.
fn ticks(stat: &str, with_children: bool) -> Option<u64> {
    // The second field is a name in parentheses, which may hold spaces.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let last = if with_children { 15 } else { 13 };
    fields
        .get(11..last)?
        .iter()
        .map(|field| field.parse::<u64>().ok())
        .sum()
}

/// All processes called postgres on this machine.
fn postgres_ticks() -> u64 {
    let Ok(processes) = std::fs::read_dir("/proc") else {
        return 0;
    };
    processes
        .filter_map(|process| std::fs::read_to_string(process.ok()?.path().join("stat")).ok())
        .filter(|stat| stat.contains("(postgres)"))
        .filter_map(|stat| ticks(&stat, true))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_read_behind_a_name_with_spaces() {
        let stat = "7 (a (b) c) S 1 1 1 0 -1 4194560 100 0 0 0 250 50 7 3 20 0 1 0 5 0 0";
        assert_eq!(ticks(stat, false), Some(300));
        assert_eq!(ticks(stat, true), Some(310));
    }
}
