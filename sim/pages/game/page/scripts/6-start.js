// Which page this is, and where it begins.

async function start() {
  if (DATA.results) {
    find("teacher").hidden = false;
    await showResults(DATA.results);
    document.body.dataset.ready = "yes";
    return;
  }
  if (!PortableWeek.possible()) {
    throw new Error("This browser cannot run the model (it has no WebAssembly). Any browser that was made since 2021 can.");
  }
  find("place").textContent = "The organization is being set up ...";
  const week = await PortableWeek.open(DATA.week);
  const team = new Team(week);
  find("run-codes").addEventListener("click", () => runCodes(week));
  const enter = async () => {
    const teaches = location.hash === "#teacher";
    find("team").hidden = teaches;
    find("teacher").hidden = !teaches;
    find("switch").textContent = teaches ? "Back to the game" : "Teacher: collect codes";
    find("switch").setAttribute("href", teaches && team.run ? team.place() : teaches ? "#new" : "#teacher");
    if (teaches) {
      find("place").textContent = "Teacher's page";
      return;
    }
    const decided = (location.hash.match(/^#q=([\d.]+)$/) || ["", ""])[1].split(".").filter(Boolean).map(Number);
    await team.begin(decided.every((option) => option < GAME.options.length) ? decided.slice(0, GAME.quarters) : []);
  };
  addEventListener("hashchange", enter);
  await enter();
  document.body.dataset.ready = "yes";
}

start().catch((error) => {
  find("trouble").textContent = error.message;
  find("trouble").hidden = false;
  find("place").textContent = "";
});
