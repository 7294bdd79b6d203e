import { Button, Radio, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { client, dataOf } from "@/api/client";
import { groupsQuery } from "@/api/people";
import { useFormat } from "@/lib/format";
import { Dialog } from "@/ui/dialog";
import { Loading } from "@/ui/forms";
import { Problem } from "@/ui/problem";
import css from "./dialogs.module.css";

const NEW = "new";

interface GroupDialogProps {
  contactIds: string[];
  /** The group that they leave for the chosen one, if they are moved. */
  leaves?: string;
  onClose: () => void;
  onDone?: () => void;
}

/** Chooses the group that contacts are added or moved to, or makes one for them. */
export function GroupDialog({ contactIds, leaves, onClose, onDone }: GroupDialogProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const groups = useQuery(groupsQuery);
  const items = groups.data?.items.filter((group) => group.id !== leaves) ?? [];
  const [chosen, setChosen] = useState<string | null>(null);
  const [name, setName] = useState("");
  const target = chosen ?? (items[0]?.id || NEW);
  const add = useMutation({
    mutationFn: async () => {
      const id =
        target === NEW
          ? (await dataOf(client.POST("/api/v1/groups", { body: { name: name.trim() } }))).id
          : target;
      await dataOf(
        client.POST("/api/v1/groups/{id}/members", {
          params: { path: { id } },
          body: { contactIds, ...(leaves ? { leaves } : {}) },
        }),
      );
    },
    onSuccess: async () => {
      onDone?.();
      onClose();
      for (const key of ["groups", "group", "contact"]) await queries.invalidateQueries({ queryKey: [key] });
    },
  });
  const ready = !groups.isPending && (target !== NEW || name.trim() !== "");
  const count = { count: contactIds.length, n: format.number(contactIds.length) };
  return (
    <Dialog title={leaves ? t("bulk.moveTitle", count) : t("bulk.groupTitle", count)} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) add.mutate();
        }}
      >
        {groups.isPending && <Loading rows={3} height={36} />}
        {groups.isSuccess && (
          <Radio.Group value={target} onChange={setChosen} aria-label={t("frame.groups")}>
            <div className={css.choices}>
              {items.map((group) => (
                <Radio
                  key={group.id}
                  value={group.id}
                  label={group.name}
                  description={
                    group.members === null
                      ? undefined
                      : t("groups.members", { count: group.members, n: format.number(group.members) })
                  }
                />
              ))}
              <Radio value={NEW} label={t("groups.new")} />
            </div>
          </Radio.Group>
        )}
        {groups.isSuccess && target === NEW && (
          <TextInput
            mt={12}
            label={t("groups.name")}
            value={name}
            maxLength={200}
            data-autofocus
            onChange={(event) => setName(event.currentTarget.value)}
          />
        )}
        <Problem error={groups.error ?? add.error} />
        <div className={css.foot}>
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" disabled={!ready} loading={add.isPending}>
            {leaves ? t("bulk.move") : t("bulk.add")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
