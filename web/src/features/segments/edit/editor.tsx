import { Button, SegmentedControl, TagsInput, TextInput } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ApiProblem } from "@/api/client";
import { useMay } from "@/api/may";
import type { Definition, SegmentRow } from "@/api/segments";
import { Page } from "@/ui/page";
import { Problem } from "@/ui/problem";
import { useKnown } from "../builder/known";
import { Tree } from "../builder/tree";
import { WhyPanel } from "../segment/why-panel";
import { Combine, type Combined } from "./combine";
import { definitionOf, isReady } from "./definition";
import { toDraft } from "./draft";
import css from "./editor.module.css";
import { Leave } from "./leave";
import { PreviewPane } from "./preview";
import { useSave } from "./save";

/** A segment being written: its sentences at the left, who meets them at the right. */
export function Editor({ segment }: { segment: SegmentRow | undefined }) {
  const { t } = useTranslation();
  const may = useMay();
  const { fields } = useKnown();
  const given = segment?.definition as Definition | undefined;
  const [name, setName] = useState(segment?.name ?? "");
  const [tags, setTags] = useState<string[]>(segment?.tags ?? []);
  const [kind, setKind] = useState<Definition["kind"]>(given?.kind ?? "filter");
  const [draft, setDraft] = useState(() => toDraft(given?.kind === "filter" ? given.condition : null));
  const [combined, setCombined] = useState<Combined>(() =>
    given?.kind === "combination"
      ? given
      : // biome-ignore lint/suspicious/noThenProperty: the API names it so
        { first: "", then: [{ operator: "and", segmentId: "" }] },
  );
  const definition = definitionOf(kind, draft, combined);
  const ready = isReady(definition);
  const written = JSON.stringify([name, tags, definition]);
  const [before] = useState(written);
  const save = useSave(segment);
  const problem = save.error as ApiProblem | null;
  const mayWrite = may("contacts.write");
  const [why, setWhy] = useState<string>();
  return (
    <>
      <Page
        title={segment ? segment.name : t("segments.new")}
        parent={
          <Link to="/segments" search={{ q: undefined, tag: undefined }}>
            {t("frame.segments")}
          </Link>
        }
        actions={
          mayWrite && (
            <Button
              loading={save.isPending}
              disabled={!ready || name.trim() === ""}
              onClick={() => definition && save.mutate({ name: name.trim(), tags, definition })}
            >
              {t("segments.save")}
            </Button>
          )
        }
      >
        <Leave when={written !== before && !save.isSuccess} />
        {problem && (
          <div className={css.problem}>
            <Problem error={problem} />
            {problem.sentences?.map((one) => (
              <p key={one} className={css.fault}>
                {one}
              </p>
            ))}
            {problem.code === "changed_meanwhile" && (
              <Button variant="default" size="xs" onClick={save.readAgain}>
                {t("segments.readAgain")}
              </Button>
            )}
          </div>
        )}
        <div className={css.columns}>
          <div className={css.writing}>
            <div className={css.names}>
              <TextInput
                label={t("segments.name")}
                placeholder={t("segments.nameExample")}
                value={name}
                maxLength={200}
                data-autofocus={!segment || undefined}
                onChange={(event) => setName(event.currentTarget.value)}
              />
              <TagsInput
                label={t("segments.tags")}
                placeholder={tags.length === 0 ? t("segments.tagsExample") : undefined}
                value={tags}
                onChange={setTags}
                acceptValueOnBlur
              />
            </div>
            <div className={css.kind}>
              <h2 className={css.heading}>{t(`segments.heading.${kind}`)}</h2>
              <SegmentedControl
                size="xs"
                aria-label={t("segments.made")}
                value={kind}
                onChange={(value) => setKind(value as Definition["kind"])}
                data={(["filter", "combination"] as const).map((one) => ({
                  value: one,
                  label: t(`segments.kinds.${one}`),
                }))}
              />
            </div>
            {kind === "filter" ? (
              <Tree root={draft} onChange={setDraft} source="attribute" fields={fields} />
            ) : (
              <Combine value={combined} self={segment?.id} onChange={setCombined} />
            )}
          </div>
          <div className={css.beside}>
            <PreviewPane
              definition={ready ? definition : null}
              segmentId={segment?.id}
              waiting={t(definition ? "segments.incomplete" : "segments.nothingYet")}
              onWhy={setWhy}
            />
          </div>
        </div>
      </Page>
      {why && ready && definition && (
        <WhyPanel
          about={{ segmentId: segment?.id, written: definition }}
          contactId={why}
          onClose={() => setWhy(undefined)}
        />
      )}
    </>
  );
}
