//! Was a thread stopped in what it did?

use std::fs;

/// How often the system has taken the core from the thread that calls. Waiting for a lock does not count. On other systems
/// than Linux nobody knows: always 0.
pub(crate) fn of_this_thread() -> u64 {
    let status = fs::read_to_string("/proc/thread-self/status").unwrap_or_default();
    count(&status).unwrap_or_default()
}

fn count(status: &str) -> Option<u64> {
    let line = |line: &str| line.strip_prefix("nonvoluntary_ctxt_switches:")?.trim().parse().ok();
    status.lines().find_map(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_thread_did_not_want_counts() {
        let status = "Name:\tx\nvoluntary_ctxt_switches:\t7\nnonvoluntary_ctxt_switches:\t3\n";
        assert_eq!(count(status), Some(3));
        assert_eq!(count(""), None);
    }
}
