import { Button, Checkbox } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { client, dataOf } from "@/api/client";
import { useMay } from "@/api/may";
import { type Group, type Member, membersQuery } from "@/api/people";
import { useFormat } from "@/lib/format";
import { Empty, ListPicture, Loading, Trouble } from "@/ui/forms";
import { IconArrowRight, IconUserMinus, IconX } from "@/ui/icons";
import { More } from "@/ui/more";
import { Person } from "@/ui/person";
import { Problem } from "@/ui/problem";
import { type Column, rowLink, Table } from "@/ui/table";
import { GroupDialog } from "../bulk/group-dialog";
import bar from "../list/bulk-bar.module.css";
import css from "./groups.module.css";

interface MembersProps {
  group: Group;
  onAdd: () => void;
}

/** Who is in the group; some may be chosen, to be moved or taken out. */
export function Members({ group, onAdd }: MembersProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const may = useMay();
  const queries = useQueryClient();
  const members = useInfiniteQuery(membersQuery(group.id));
  const [chosen, setChosen] = useState(new Set<string>());
  const [moving, setMoving] = useState(false);
  const remove = useMutation({
    mutationFn: async () => {
      for (const id of chosen) {
        const params = { path: { id: group.id, contact_id: id } };
        await dataOf(client.DELETE("/api/v1/groups/{id}/members/{contact_id}", { params }));
      }
    },
    onSettled: async () => {
      setChosen(new Set());
      for (const key of ["group", "groups", "contact"]) await queries.invalidateQueries({ queryKey: [key] });
    },
  });
  if (members.isPending) return <Loading rows={7} />;
  if (members.isError) return <Trouble error={members.error} retry={() => members.refetch()} />;
  const rows = members.data.pages.flatMap((page) => page.items);
  if (rows.length === 0) {
    return (
      <Empty
        title={t("groups.nobodyTitle")}
        picture={<ListPicture />}
        action={may("contacts.write") && <Button onClick={onAdd}>{t("groups.add")}</Button>}
      >
        {t("groups.nobodyWords")}
      </Empty>
    );
  }
  return (
    <>
      {chosen.size > 0 && (
        <section className={bar.bar} aria-label={t("bulk.actions")}>
          <span className={bar.count} role="status">
            {t("bulk.chosen", { count: chosen.size, n: format.number(chosen.size) })}
          </span>
          <Button
            size="xs"
            variant="default"
            className="brief"
            leftSection={<IconArrowRight size={15} stroke={1.7} aria-hidden />}
            onClick={() => setMoving(true)}
          >
            <span>{t("bulk.move")}</span>
          </Button>
          <Button
            size="xs"
            variant="default"
            className={`brief ${bar.danger}`}
            leftSection={<IconUserMinus size={15} stroke={1.7} aria-hidden />}
            loading={remove.isPending}
            onClick={() => remove.mutate()}
          >
            <span>{t("groups.takeOut")}</span>
          </Button>
          <button
            type="button"
            className={bar.clear}
            aria-label={t("bulk.clear")}
            onClick={() => setChosen(new Set())}
          >
            <IconX size={16} stroke={1.8} aria-hidden />
          </button>
        </section>
      )}
      <Problem error={remove.error} />
      <MembersTable rows={rows} chosen={chosen} onChoose={may("contacts.write") ? setChosen : null} />
      <More
        has={members.hasNextPage}
        loading={members.isFetchingNextPage}
        onMore={() => members.fetchNextPage()}
      />
      {moving && (
        <GroupDialog
          contactIds={[...chosen]}
          leaves={group.id}
          onClose={() => setMoving(false)}
          onDone={() => setChosen(new Set())}
        />
      )}
    </>
  );
}

interface MembersTableProps {
  rows: Member[];
  chosen: Set<string>;
  onChoose: ((chosen: Set<string>) => void) | null;
}

function MembersTable({ rows, chosen, onChoose }: MembersTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const titleOf = (row: Member) => row.name || row.email || row.phone || t("common.unnamed");
  const all = rows.every((row) => chosen.has(row.id));
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    onChoose?.(next);
  };
  const choosing: Column<Member> = {
    id: "choose",
    width: "44px",
    header: (
      <Checkbox
        size="xs"
        aria-label={t("bulk.chooseAll")}
        checked={all}
        indeterminate={!all && chosen.size > 0}
        onChange={() => onChoose?.(all ? new Set() : new Set(rows.map((row) => row.id)))}
      />
    ),
    cell: (row) => (
      <div className={css.act}>
        <Checkbox
          size="xs"
          aria-label={t("bulk.choose", { name: titleOf(row) })}
          checked={chosen.has(row.id)}
          onChange={() => toggle(row.id)}
        />
      </div>
    ),
  };
  const columns: Column<Member>[] = [
    {
      id: "name",
      header: t("contacts.name"),
      cell: (row) => (
        <div className={css.person}>
          <Person name={row.name || row.email || ""} />
          <div>
            <Link
              to="/contacts/$contactId"
              params={{ contactId: row.id }}
              className={`${rowLink} ${css.name}`}
            >
              {titleOf(row)}
            </Link>
            <div className={css.under}>{row.email ?? row.phone}</div>
          </div>
        </div>
      ),
    },
    { id: "email", header: t("identities.email"), wide: true, cell: (row) => row.email },
    {
      id: "phone",
      header: t("identities.phone"),
      wide: true,
      cell: (row) => <span className="tabular">{row.phone}</span>,
    },
    {
      id: "joined",
      header: t("groups.joined"),
      align: "end",
      width: "150px",
      wide: true,
      cell: (row) => (
        <time dateTime={row.joinedAt} title={format.dateTime(row.joinedAt)}>
          {format.date(row.joinedAt)}
        </time>
      ),
    },
  ];
  return (
    <Table
      label={t("groups.people")}
      columns={onChoose ? [choosing, ...columns] : columns}
      rows={rows}
      keyOf={(row) => row.id}
      isCurrent={(row) => chosen.has(row.id)}
    />
  );
}
