import { Button, Switch, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { client, dataOf } from "@/api/client";
import type { Group } from "@/api/people";
import { Dialog } from "@/ui/dialog";
import { Problem } from "@/ui/problem";
import css from "./groups.module.css";

interface EditGroupProps {
  /** The group to change; none: one is made. */
  group?: Group;
  onClose: () => void;
  onSaved: (group: Group) => void;
}

/** Makes a group, or changes its name, notes and kind. */
export function EditGroup({ group, onClose, onSaved }: EditGroupProps) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [name, setName] = useState(group?.name ?? "");
  const [notes, setNotes] = useState(group?.notes ?? "");
  const [test, setTest] = useState(group?.kind === "test");
  const save = useMutation({
    mutationFn: () => {
      const body = { name: name.trim(), notes, kind: test ? ("test" as const) : ("ordinary" as const) };
      return group
        ? dataOf(client.PATCH("/api/v1/groups/{id}", { params: { path: { id: group.id } }, body }))
        : dataOf(client.POST("/api/v1/groups", { body }));
    },
    onSuccess: async (saved) => {
      onSaved(saved);
      await queries.invalidateQueries({ queryKey: ["groups"] });
      await queries.invalidateQueries({ queryKey: ["group", saved.id] });
    },
  });
  return (
    <Dialog title={group ? t("groups.edit") : t("groups.new")} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim()) save.mutate();
        }}
      >
        <TextInput
          label={t("groups.name")}
          value={name}
          maxLength={200}
          data-autofocus
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Textarea
          mt={14}
          label={t("groups.notes")}
          value={notes}
          autosize
          minRows={2}
          maxRows={6}
          maxLength={2000}
          onChange={(event) => setNotes(event.currentTarget.value)}
        />
        <Switch
          mt={16}
          label={t("groups.isTest")}
          description={t("groups.isTestWords")}
          checked={test}
          onChange={(event) => setTest(event.currentTarget.checked)}
        />
        <Problem error={save.error} />
        <div className={css.foot}>
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" disabled={!name.trim()} loading={save.isPending}>
            {t("common.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
