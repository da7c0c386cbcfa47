//! Stores that cannot be used.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::refusal::Campaign;

/// The format's key in the store, as `journal::keys` has it.
const FORMAT: &[u8] = b"m:format";

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("ours");
}

/// Root reads everything, unless it gives up the right to.
fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[test]
fn a_store_that_may_not_be_read() {
    let campaign = Campaign::new();
    campaign.disparo(["status"]).finish().expect(0);
    let store = campaign.file(".disparo");
    set_mode(&store, 0);
    let mut command = campaign.run();
    if is_root() {
        command = command.through("setpriv", ["--bounding-set=-dac_override,-dac_read_search"]);
    }
    campaign.refuses("store_unreadable", command, 1);
    set_mode(&store, 0o700);
    campaign.works_now();
}

#[test]
fn a_store_that_is_a_file() {
    let campaign = Campaign::new();
    campaign.workspace.write(".disparo", "not a folder");
    campaign.refuses("store_is_a_file", campaign.run(), 1);
}

#[test]
fn a_store_of_a_newer_version() {
    let campaign = Campaign::new();
    campaign.disparo(["status"]).finish().expect(0);
    let journal = sled::open(campaign.file(".disparo/journal")).expect("a store");
    let written = journal.insert(FORMAT, &[99]).expect("writes");
    assert_eq!(written.as_deref(), Some(&[4][..]), "the format is elsewhere");
    journal.flush().expect("writes");
    drop(journal);
    campaign.refuses("store_of_a_newer_version", campaign.run(), 1);
    campaign.refuses("store_of_a_newer_version_in_status", campaign.disparo(["status"]), 1);
}
