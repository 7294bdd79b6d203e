import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type ApiProblem, client, dataOf } from "@/api/client";
import type { SubscriptionList } from "@/api/lists";
import { useMay } from "@/api/may";
import { sessionQuery } from "@/api/queries";
import { Problem } from "@/ui/problem";
import { SidePanel } from "@/ui/side-panel";
import { beginDraft, bodyOf, type Draft, draftOf, isSame, isWhole } from "./draft";
import { JoiningFields } from "./joining-fields";
import css from "./lists.module.css";
import { SenderFields } from "./sender-fields";

interface ListPanelProps {
  /** The list to look at and change; none: one is made. */
  list?: SubscriptionList;
  onClose: () => void;
  onSaved?: (list: SubscriptionList) => void;
}

/** One list over its room: who speaks, what happens to those who ask, what is measured. */
export function ListPanel({ list, onClose, onSaved }: ListPanelProps) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const writes = useMay()("workspace.write");
  const workspace = queries.getQueryData(sessionQuery.queryKey)?.workspace;
  const begin = () =>
    list ? draftOf(list) : beginDraft(workspace?.timeZone ?? "Europe/Rome", workspace?.language ?? "it");
  const [draft, setDraft] = useState<Draft>(begin);
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const save = useMutation<SubscriptionList, ApiProblem>({
    mutationFn: () => {
      const { made, changed } = bodyOf(draft);
      return list
        ? dataOf(client.PATCH("/api/v1/lists/{id}", { params: { path: { id: list.id } }, body: changed }))
        : dataOf(client.POST("/api/v1/lists", { body: made }));
    },
    onSuccess: async (saved) => {
      await queries.invalidateQueries({ queryKey: ["lists"] });
      await queries.invalidateQueries({ queryKey: ["known", "lists"] });
      setDraft(draftOf(saved));
      onSaved?.(saved);
    },
  });
  const same = list !== undefined && isSame(draft, draftOf(list));
  const ready = !same && isWhole(draft);
  const head = (
    <>
      <h2 className={css.title}>{list ? list.name : t("lists.newTitle")}</h2>
      {!writes && <p className={css.note}>{t("lists.readOnly")}</p>}
    </>
  );
  const parts = { draft, change, error: save.error, disabled: !writes };
  return (
    <SidePanel
      id={`list/${list?.id ?? "new"}`}
      label={list?.name ?? t("lists.newTitle")}
      head={head}
      onClose={onClose}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (writes && ready) save.mutate();
        }}
      >
        <SenderFields {...parts} warnings={list?.warnings ?? []} />
        <JoiningFields {...parts} listId={list?.id} />
        <Problem error={save.error} />
        {writes && (
          <div className={css.foot}>
            <Button variant="default" onClick={list && !same ? () => setDraft(begin()) : onClose}>
              {t("common.cancel")}
            </Button>
            <Button type="submit" disabled={!ready} loading={save.isPending}>
              {list ? t("common.save") : t("lists.create")}
            </Button>
          </div>
        )}
      </form>
    </SidePanel>
  );
}
