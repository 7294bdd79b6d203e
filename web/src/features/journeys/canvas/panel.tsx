import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Counts, Journey } from "@/api/types";
import { START_PREFIX } from "@/graph/flow";
import { useFormat } from "@/lib/format";
import { Parts } from "@/ui/parts";
import { SidePanel } from "@/ui/side-panel";
import { describe, faceOf } from "../steps";
import { startKicker, startTitle } from "./drawn";
import { countsOf } from "./figures";
import css from "./panel.module.css";
import { PanelPeople } from "./panel-people";
import { PanelStart } from "./panel-start";
import { PanelStep } from "./panel-step";

interface PanelProps {
  journey: Journey;
  counts: Counts | undefined;
  boxId: string;
  view: "people" | undefined;
  onClose: () => void;
}

/** What the chosen box does, and who is there; nothing for a box that is not in this version. */
export function Panel({ journey, counts, boxId, view, onClose }: PanelProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const tongue = { t, format };
  const start = journey.graph.starts.find((one) => START_PREFIX + one.id === boxId);
  const step = journey.graph.steps[boxId];
  if (start) {
    const head = (
      <Head family="start" kicker={startKicker(start, tongue)}>
        <Parts of={startTitle(start, tongue)} />
      </Head>
    );
    return (
      <SidePanel id={boxId} label={startKicker(start, tongue)} head={head} onClose={onClose}>
        <PanelStart start={start} graph={journey.graph} />
      </SidePanel>
    );
  }
  if (!step) return null;
  const { kicker, title } = describe(step, tongue);
  const figures = countsOf(counts, boxId);
  const head = (
    <Head family={faceOf(step).family} kicker={kicker}>
      <Parts of={title} />
    </Head>
  );
  return (
    <SidePanel id={boxId} label={kicker} head={head} onClose={onClose}>
      <nav className={css.tabs} aria-label={t("panel.views")}>
        <Tab boxId={boxId} view={undefined} current={view !== "people"}>
          {t("panel.what")}
        </Tab>
        <Tab boxId={boxId} view="people" current={view === "people"}>
          {t("panel.who")}
          <span className={css.count}>{format.number(figures.inside)}</span>
        </Tab>
      </nav>
      {view === "people" ? (
        <PanelPeople journeyId={journey.id} step={boxId} />
      ) : (
        <PanelStep step={step} counts={figures} />
      )}
    </SidePanel>
  );
}

function Head({ family, kicker, children }: { family: string; kicker: string; children: React.ReactNode }) {
  return (
    <div className={css.head} data-family={family}>
      <div className={css.kicker}>{kicker}</div>
      <h2 className={css.name}>{children}</h2>
    </div>
  );
}

interface TabProps {
  boxId: string;
  view: "people" | undefined;
  current: boolean;
  children: React.ReactNode;
}

function Tab({ boxId, view, current, children }: TabProps) {
  return (
    <Link
      from="/journeys/$journeyId"
      to="."
      search={{ step: boxId, view }}
      replace
      className={css.tab}
      data-current={current || undefined}
      aria-current={current ? "page" : undefined}
    >
      {children}
    </Link>
  );
}
