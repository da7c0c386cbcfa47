//! The forms in which providers take a campaign, and a workspace that sends in one of them while `serve` hears.

use crate::harness::{People, Running, Serve, Workspace};

/// A form in which a provider takes a campaign.
#[derive(Debug, Clone, Copy)]
pub struct Form {
    /// The provider's name.
    pub provider: &'static str,
    /// Keys of its channel.
    pub channel: &'static str,
    /// The tables of its definition that say what is sent.
    pub content: &'static str,
    /// People in a call.
    pub chunk: u32,
    /// A number of the sandbox's that is taken and fails later, where the provider has such.
    pub failing: Option<&'static str>,
}

const PERSONAL: &str = "[message]\ntext = \"Oi {{ nome }}, você é a pessoa {{ n }}.\"";
const EQUAL: &str = "[message]\ntext = \"Oi! A loja abre às oito.\"";
const TEMPLATE: &str = "[message.template]\nid = \"welcome\"\nparams = { nome = \"{{ nome }}\" }";

/// The template that Wati's account has: with a body, so that a message's text is known.
pub const TEMPLATES: &str =
    "[wati.templates.welcome]\nparams = [\"nome\"]\nbody = \"Olá {{nome}}, promoção!\"\n";

const DEVINO_KEYS: &str = "provider = \"devino\"\nfrom = \"MyCompany\"\nkey = { env = \"TEST_DEVINO_KEY\" }";
const SINCH_KEYS: &str = "provider = \"sinch\"\nuser = \"maria\"\ntoken = { env = \"TEST_DEVINO_KEY\" }";

pub const DEVINO: Form = Form {
    provider: "devino",
    channel: DEVINO_KEYS,
    content: PERSONAL,
    chunk: 50,
    failing: Some("5599900002010"),
};
pub const WATI: Form = wati(
    "provider = \"wati\"\ntenant = \"1234\"\nnumber = \"5511900000001\"\ntoken = { env = \"TEST_WATI_TOKEN\" }",
    1,
);
pub const WATI_BULK: Form = wati(
    "provider = \"wati\"\ntenant = \"1234\"\nnumber = \"5511900000001\"\nmode = \"bulk\"\ntoken = { env = \"TEST_WATI_TOKEN\" }",
    100,
);
pub const WATI_V3: Form = wati(
    "provider = \"wati\"\ntenant = \"1234\"\nnumber = \"5511900000001\"\nmode = \"v3\"\ntoken = { env = \"TEST_WATI_TOKEN\" }",
    100,
);
pub const SINCH: Form = Form {
    provider: "sinch",
    channel: SINCH_KEYS,
    content: EQUAL,
    chunk: 50,
    failing: Some("5599900000103"),
};
pub const SINCH_PERSONAL: Form = Form { content: PERSONAL, ..SINCH };
pub const OMNICHANNEL: Form = Form {
    provider: "omnichannel",
    channel: "provider = \"omnichannel\"\naccount = \"9a92ea44\"\nchannel = \"64ef5c84f9deb1326965919e\"\nplatform = \"karoochat\"\ntoken = { env = \"TEST_WATI_TOKEN\" }",
    content: PERSONAL,
    chunk: 1,
    failing: None,
};

const fn wati(channel: &'static str, chunk: u32) -> Form {
    Form { provider: "wati", channel, content: TEMPLATE, chunk, failing: Some("5599900001026") }
}

/// A workspace whose one channel `main` takes a form, while `serve` hears what becomes of its messages.
pub struct Stage {
    pub serve: Serve,
    pub workspace: Workspace,
    form: Form,
    /// The webhook's address.
    pub address: String,
}

impl Stage {
    /// Over a sandbox that behaves as the scenario says. `more` are keys of the channel.
    pub fn new(form: Form, workspace: Workspace, more: &str) -> Self {
        workspace.write("fast.toml", "question_rates = \"10000 calls/s\"\n");
        let keys = |address: &str| {
            format!(
                "[main]\n{}\nchunk = {}\nbase_url = \"{}\"\nrate = \"none\"\ntimeout = \"20s\"\n\
                 limits = \"fast.toml\"\n{address}retry = {{ attempts = 2, first = \"10ms\", most = \"20ms\" }}\n{more}\n",
                form.channel,
                form.chunk,
                workspace.sandbox().base_url(),
            )
        };
        workspace.write("channels.toml", keys(""));
        let serve = Serve::start(&workspace);
        workspace.write("channels.toml", keys(&format!("callback_url = \"{}\"\n", serve.base_url())));
        let address = serve.url(&workspace, "main");
        workspace.sandbox().send_webhooks_to(form.provider, Some(&address));
        Self { serve, workspace, form, address }
    }

    /// Writes `vip.toml`, a campaign to these people, and to whom the form lets fail.
    pub fn campaign(&self, people: &People, more: &str) {
        let mut audience = people.csv();
        if let Some(failing) = self.form.failing {
            audience += &format!("Zé,+{failing},{}\n", people.phones().len() + 1);
        }
        self.workspace.write("audiences/vip.csv", audience);
        let definition = format!(
            "version = 1\nname = \"vip\"\nchannel = \"main\"\n[audience]\nfile = \"audiences/vip.csv\"\n{}\n{more}\n",
            self.form.content
        );
        self.workspace.write("vip.toml", definition);
    }

    /// Starts sending the campaign; the first of its messages have arrived, as many as may be under way at once,
    /// and wait at the gate. What is asked before the first message is asked before the gate is closed, because
    /// the account is refused at first: nobody was messaged then. Gives the run's name as well.
    pub fn held(&self, scenario: &str, under_way: u64) -> (String, Running) {
        let Self { workspace, .. } = self;
        let sandbox = workspace.sandbox();
        sandbox.change_scenario(&format!(
            "{TEMPLATES}[[faults]]\nthen = \"status\"\nstatus = 401\noperation = \"message\"\n"
        ));
        let run = workspace.run("vip").expect(6);
        assert_eq!(run.tally().pending, run.tally().recipients, "{run}");
        let run = run.run();
        sandbox.change_scenario(scenario);
        sandbox.hold();
        let mut sending = workspace.disparo(["resume", &run, "--format", "json"]).start();
        sending.until("calls at the gate", |_| (sandbox.count("held") >= under_way).then_some(()));
        // What was prepared while calls were fast is withdrawn.
        let Form { provider, content, chunk, .. } = self.form;
        // A call of Sinch's has one text for all.
        let most_a_call = if provider == "sinch" && content == PERSONAL { 1 } else { chunk };
        let most = under_way * u64::from(most_a_call);
        sending.until("nobody else to be at risk", |_| {
            let status = workspace.disparo(["status", &run, "--format", "json"]).finish().expect(0).json();
            status["in_flight"].as_u64().is_some_and(|people| people <= most).then_some(())
        });
        (run, sending)
    }
}
