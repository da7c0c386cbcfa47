//! A team's workspace that is left to `serve`: a campaign that is dropped, one that fires by itself and waits for a
//! window, and one that somebody starts by hand, over channels two of which they share.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::harness::{Accepted, People, Running, Serve, Workspace, knob, until};

/// Well before anything fires; time goes on by itself.
const BEGIN: &str = "2027-05-03T07:20:00Z";

/// When the timed campaign fires, and when it may be sent at first.
pub const FIRINGS: [&str; 2] = ["2027-05-03T08:00:00Z", "2027-05-03T08:40:00Z"];
pub const OPENS: &str = "2027-05-03T08:30:00Z";

/// People of `dropped`, of the two firings of `timed`, and of `asked`, unless the knob says otherwise.
const PEOPLE: [u64; 4] = [1_400, 160, 100, 260];

/// People at risk at once in `dropped`, and in each of the others, whose calls are for one person.
pub const IN_DOUBT: [u64; 2] = [40, 6];

/// See the module.
pub struct Team {
    pub workspace: Workspace,
    /// Of `dropped`, of `timed` at each of [`FIRINGS`], and of `asked`: nobody is in two of them.
    pub people: [People; 4],
    /// Where `serve` listens, from its first start on.
    pub base_url: String,
}

impl Team {
    /// Its definitions are written, nothing is launched. The first `serve` says where it listens, and is killed.
    pub fn new(seed: u64) -> Self {
        let workspace = Workspace::alone_at(BEGIN, &scenario(seed));
        workspace.write("workspace.toml", "[folder]\nstable_for = \"100ms\"\npoll = \"200ms\"\n");
        let factor = knob("DISPARO_CRASH_RECIPIENTS").map_or(1, |wanted| wanted.div_ceil(PEOPLE[0]).max(1));
        let sizes = PEOPLE.map(|people| usize::try_from(people * factor).expect("fits into memory"));
        let mut others = People::seeded(seed, sizes.iter().sum());
        let people = sizes.map(|size| {
            let (part, rest) = others.clone().split(size);
            others = rest;
            part
        });
        let serve = Serve::start(&workspace);
        let base_url = serve.base_url().to_owned();
        serve.kill();
        let team = Self { workspace, people, base_url };
        team.channels();
        team.definitions();
        team
    }

    fn channels(&self) {
        let common = format!(
            "base_url = \"{}\"\ntimeout = \"5s\"\nretry = {{ attempts = 20, first = \"10ms\", most = \"200ms\" }}\n",
            self.workspace.sandbox().base_url()
        );
        let wati = |name: &str, number: &str| {
            format!(
                "[{name}]\nprovider = \"wati\"\ntenant = \"1234\"\nnumber = \"{number}\"\nrate = \"60/s\"\n\
                 token = {{ env = \"TEST_WATI_TOKEN\" }}\n{common}\n"
            )
        };
        let devino = format!(
            "[devino]\nprovider = \"devino\"\nfrom = \"MyCompany\"\nkey = {{ env = \"TEST_DEVINO_KEY\" }}\n\
             rate = \"200/s\"\nchunk = 10\ncallback_url = \"{}\"\n{common}\n",
            self.base_url
        );
        let channels = [devino, wati("shared", "5511900000001"), wati("spare", "5521900000002")].concat();
        self.workspace.write("channels.toml", channels);
    }

    fn definitions(&self) {
        const TEMPLATE: &str = "[message.template]\nid = \"welcome\"\nparams = { nome = \"{{ nome }}\" }";
        self.workspace.write("audiences/timed.csv", self.people[1].csv());
        self.workspace.write("audiences/asked.csv", self.people[3].csv());
        let at_risk = IN_DOUBT[1];
        let definition = |name: &str, channel: &str, more: &str| {
            let text = format!(
                "version = 1\nname = \"{name}\"\nchannel = {channel}\n[audience]\nfile = \"audiences/{name}.csv\"\n\
                 {TEMPLATE}\n[safety]\nmax_in_doubt = {at_risk}\n{more}\n"
            );
            self.workspace.write(&format!("{name}.toml"), text);
        };
        let schedule = "[schedule]\ncron = \"0,40 8 * * *\"\ntimezone = \"UTC\"\noverlap = \"queue\"\nlate = \"send\"\n\
                        window = { days = \"mon-sun\", from = \"08:30\", to = \"22:00\", clock = \"sender\" }";
        definition("timed", "\"shared\"", schedule);
        let ramp = "[pace]\nrate = \"80/s\"\nramp = { from = \"40/s\", over = \"10s\" }";
        definition("asked", "[\"shared\", \"spare\"]", ramp);
    }

    /// Drops `dropped` into the inbox, its audience first.
    pub fn drop(&self) {
        self.workspace.write("inbox/dropped.csv", self.people[0].csv());
        let text = format!(
            "version = 1\nname = \"dropped\"\nchannel = \"devino\"\n[audience]\nfile = \"dropped.csv\"\n\
             [message]\ntext = \"Oi {{{{ nome }}}}, você é a pessoa {{{{ n }}}}.\"\n[safety]\nmax_in_doubt = {}\n",
            IN_DOUBT[0]
        );
        self.workspace.write("inbox/dropped.toml", text);
    }

    /// From now on `timed` is for other people: those of its second firing.
    pub fn change_audience(&self) {
        self.workspace.write("audiences/timed.csv", self.people[2].csv());
    }

    /// Starts `asked` by hand, or goes on with its run where that was only planned, through whoever owns the store.
    pub fn ask(&self, planned: Option<&str>) -> Running {
        match planned {
            Some(run) => self.workspace.disparo(["resume", run]).start(),
            None => self.workspace.disparo(["run", "asked", "--yes"]).start(),
        }
    }

    /// `serve`, where it has always listened.
    pub fn serve(&self) -> Serve {
        Serve::start_again_at(&self.workspace, &self.base_url)
    }

    /// All runs.
    pub fn runs(&self) -> Vec<Value> {
        let status =
            self.workspace.disparo(["status", "--all", "--format", "json"]).finish().expect(0).json();
        status.as_array().unwrap_or_else(|| panic!("no list of runs: {status}")).clone()
    }

    /// Names of rosters, whose runs may exist or not.
    pub fn rosters(&self) -> BTreeSet<String> {
        let folder = self.workspace.folder().join(".disparo/rosters");
        let name = |entry: std::io::Result<fs::DirEntry>| entry.ok()?.file_name().into_string().ok();
        fs::read_dir(folder).map(|entries| entries.filter_map(name).collect()).unwrap_or_default()
    }

    /// How many people of each part of [`Team::people`] are among these.
    pub fn reached(&self, accepted: &[Accepted]) -> [usize; 4] {
        let reached: BTreeSet<&str> = accepted.iter().map(|one| one.to.as_str()).collect();
        let count =
            |part: &People| part.phones().iter().filter(|phone| reached.contains(phone.as_str())).count();
        std::array::from_fn(|index| count(&self.people[index]))
    }

    /// What the status file of `dropped` says, once it names a run.
    pub fn told_of_dropped(&self) -> Value {
        let file = self.workspace.folder().join("inbox/dropped.status.json");
        until("the status of what was dropped", || read(&file).filter(|status| status["run"].is_string()))
    }
}

fn read(file: &Path) -> Option<Value> {
    serde_json::from_str(&fs::read_to_string(file).ok()?).expect("whole at any time")
}

/// 2 % lost answers, 1 % 500, 1 % cut answers, and 429 now and then: one holds a whole channel up for seconds.
fn scenario(seed: u64) -> String {
    let fault = |then: &str, share: &str| format!("[[faults]]\n{then}\nshare = \"{share}\"\n");
    let faults = [
        fault("then = \"drop\"\naccepted = true", "2%"),
        fault("then = \"status\"\nstatus = 500", "1%"),
        fault("then = \"truncate\"", "1%"),
        fault("then = \"status\"\nstatus = 429", "0.2%"),
    ];
    format!(
        "seed = {}\nlatency = \"5ms..30ms\"\n{}[statuses]\nafter = \"20ms..200ms\"\n\
         [wati.templates.welcome]\nparams = [\"nome\"]\n",
        seed % 1_000_000,
        faults.concat()
    )
}
