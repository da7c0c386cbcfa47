//! The workspace, its channels and their secrets, suppressions, and the command line.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::refusal::{Campaign, refused};
use crate::harness::Command;

const SECRET: &str = "{ env = \"TEST_DEVINO_KEY\" }";

#[test]
fn secrets_that_cannot_be_had() {
    refused("secret_variable_missing", 3, |campaign| {
        campaign.replace("channels.toml", "TEST_DEVINO_KEY", "NOWHERE_KEY");
    });
    refused("secret_file_missing", 3, |campaign| {
        campaign.replace("channels.toml", SECRET, "{ file = \"devino.key\" }");
    });
    refused("secret_file_open_to_others", 3, |campaign| {
        campaign.replace("channels.toml", SECRET, "{ file = \"devino.key\" }");
        let file = campaign.workspace.write("devino.key", "c2VjcmV0");
        fs::set_permissions(file, fs::Permissions::from_mode(0o644)).expect("our file");
    });
    let campaign = Campaign::new();
    campaign.replace("channels.toml", SECRET, "\"c2VjcmV0-of-ours\"");
    let refused = campaign.run().finish().expect(3);
    assert!(!refused.stderr.contains("of-ours"), "the secret is shown: {refused}");
    campaign.refuses("secret_in_the_file", campaign.run(), 3);
}

#[test]
fn channels_that_are_wrong() {
    refused("unknown_key_of_a_channel", 3, |campaign| {
        campaign.replace("channels.toml", "from = \"MyCompany\"", "from = \"MyCompany\"\ncolour = \"red\"");
    });
    refused("channels_missing", 2, |campaign| {
        fs::remove_file(campaign.file("channels.toml")).expect("it is there");
    });
}

#[test]
fn what_is_no_workspace() {
    let campaign = Campaign::new();
    let status = |folder| campaign.disparo(["status"]).environment("DISPARO_WORKSPACE", folder);
    campaign.refuses("workspace_missing", status("absent"), 2);
    campaign.refuses("workspace_is_a_file", status("welcome.toml"), 2);
    campaign.refuses("workspace_without_channels", status("audiences"), 2);
    assert!(!campaign.file("audiences/.disparo").exists(), "a folder named by mistake got a store");
    let nowhere = Command::new(["run", "welcome"]).in_folder(&campaign.file("audiences"));
    campaign.refuses("no_workspace_here", nowhere, 2);
    campaign.workspace.write("workspace.toml", "language = \"fr\"\nretention = \"90d\"\n");
    campaign.refuses("workspace_settings", campaign.run(), 3);
}

#[test]
fn suppressions_that_cannot_be_read_stop_everything() {
    let campaign = Campaign::new();
    campaign.workspace.write("suppressions.csv", "phone\n+5511987654321\nBia\n");
    campaign.refuses("suppressions_with_a_bad_number", campaign.run(), 3);
    campaign.workspace.write("suppressions.csv", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0>\0");
    campaign.refuses("suppressions_binary", campaign.run(), 3);
    campaign.workspace.write("suppressions.csv", "nome\nAna\n");
    campaign.refuses("suppressions_without_numbers", campaign.run(), 3);
    fs::remove_file(campaign.file("suppressions.csv")).expect("it is there");
    fs::create_dir(campaign.file("suppressions.csv")).expect("a new folder");
    campaign.refuses("suppressions_are_a_folder", campaign.run(), 3);
    fs::remove_dir(campaign.file("suppressions.csv")).expect("it is empty");
    campaign.works_now();
}

#[test]
fn words_that_mean_nothing() {
    let campaign = Campaign::new();
    for (name, rate) in [("rate_of_words", "fast"), ("rate_without_time", "40"), ("rate_of_nothing", "0/s")] {
        campaign.refuses(name, campaign.disparo(["run", "welcome", "--yes", "--rate", rate]), 2);
    }
    campaign.refuses("unknown_run", campaign.disparo(["resume", "welcome-7"]), 2);
    campaign.refuses("nothing_to_resume", campaign.disparo(["resume"]), 2);
    campaign.refuses("csv_of_a_run", campaign.disparo(["run", "welcome", "--yes", "--format", "csv"]), 2);
    campaign.works_now();
    let unknown = campaign.disparo(["report", "welcome-7"]).finish().expect(2);
    assert!(unknown.stderr.contains("the newest is welcome-1"), "{unknown}");
}
