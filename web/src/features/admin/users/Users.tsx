import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { KeyRound, Plus, SquareTerminal, Trash2 } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";

import { api, held } from "@/api/client";
import { ROLES } from "@/api/queries";
import type { Role, User } from "@/api/types";
import { Badge } from "@/components/Badge";
import { Button, IconButton } from "@/components/Button";
import { ConfirmRemoval } from "@/components/ConfirmRemoval";
import { useMe } from "@/components/me";
import { Page } from "@/components/Page";
import { MoreButton, QueryState } from "@/components/QueryState";
import { Row, RowFacts, Rows } from "@/components/Rows";
import { useToast } from "@/components/toast";
import { dateTime, relative } from "@/texts/format";

import styles from "./Users.module.css";
import { usersQuery } from "./queries";

const NewUser = lazy(() => import("./NewUser"));
const Keys = lazy(() => import("./Keys"));
const ResetPassword = lazy(() => import("./ResetPassword"));

interface Doing {
  what: "add" | "keys" | "reset" | "delete";
  user?: User;
}

/** Who may sign in, and as what. */
export default function Users() {
  const { t } = useTranslation();
  const [doing, setDoing] = useState<Doing | null>(null);
  const found = useInfiniteQuery(usersQuery);
  const users = found.data?.pages.flatMap((page) => page.users) ?? [];
  const close = () => setDoing(null);
  return (
    <Page
      title={t("admin.users.title")}
      width="medium"
      actions={
        <Button
          look="primary"
          icon={<Plus size={16} aria-hidden />}
          onClick={() => setDoing({ what: "add" })}
        >
          {t("admin.users.add")}
        </Button>
      }
    >
      <QueryState query={found} height="220px" />
      {users.length > 0 && (
        <Rows label={t("admin.users.title")}>
          {users.map((user) => (
            <UserRow key={user.id} user={user} onDo={(what) => setDoing({ what, user })} />
          ))}
        </Rows>
      )}
      <MoreButton query={found} />
      <Suspense>
        {doing?.what === "add" && <NewUser onClose={close} />}
        {doing?.what === "keys" && doing.user && <Keys user={doing.user} onClose={close} />}
        {doing?.what === "reset" && doing.user && (
          <ResetPassword user={doing.user} onClose={close} />
        )}
      </Suspense>
      {doing?.what === "delete" && doing.user && <Delete user={doing.user} onClose={close} />}
    </Page>
  );
}

interface RowProps {
  user: User;
  onDo: (what: "keys" | "reset" | "delete") => void;
}

function UserRow({ user, onDo }: RowProps) {
  const { t } = useTranslation();
  const me = useMe();
  const { email } = user;
  const own = user.id === me.id;
  return (
    <Row>
      <div className={styles.user}>
        <div className={styles.who}>
          <p className={styles.name}>
            {user.name || email} {own && <Badge tone="accent">{t("admin.users.you")}</Badge>}
          </p>
          <RowFacts>
            {user.name && <span>{email}</span>}
            <span title={dateTime(user.created_at)}>
              {t("admin.users.since", { when: relative(user.created_at) })}
            </span>
          </RowFacts>
        </div>
        {own ? (
          <p>{t(`account.roles.${user.role}`)}</p>
        ) : (
          <>
            <RoleChoice user={user} />
            <div className={styles.actions}>
              <IconButton label={t("admin.users.keysOf", { email })} onClick={() => onDo("keys")}>
                <SquareTerminal size={18} aria-hidden />
              </IconButton>
              <IconButton
                label={t("admin.users.resetNamed", { email })}
                onClick={() => onDo("reset")}
              >
                <KeyRound size={18} aria-hidden />
              </IconButton>
              <IconButton label={t("admin.users.delete", { email })} onClick={() => onDo("delete")}>
                <Trash2 size={18} aria-hidden />
              </IconButton>
            </div>
          </>
        )}
      </div>
    </Row>
  );
}

function RoleChoice({ user }: { user: User }) {
  const { t } = useTranslation();
  const say = useToast();
  const queryClient = useQueryClient();
  const change = useMutation({
    mutationFn: async (role: Role) => {
      const path = { user_id: user.id };
      return held(await api.PATCH("/v1/users/{user_id}", { params: { path }, body: { role } }));
    },
    onSuccess: async ({ email, role }) => {
      await queryClient.invalidateQueries(usersQuery);
      say(t("admin.users.roleChanged", { email, role: t(`account.roles.${role}`) }));
    },
    onError: (error) => say(error.message),
  });
  return (
    <select
      className={styles.role}
      aria-label={t("admin.users.roleOf", { email: user.email })}
      value={change.isPending ? change.variables : user.role}
      onChange={(event) => {
        const role = ROLES.find((each) => each === event.target.value);
        if (role) change.mutate(role);
      }}
    >
      {ROLES.map((role) => (
        <option key={role} value={role}>
          {t(`account.roles.${role}`)}
        </option>
      ))}
    </select>
  );
}

function Delete({ user, onClose }: { user: User; onClose: () => void }) {
  const { t } = useTranslation();
  const say = useToast();
  const queryClient = useQueryClient();
  const { email } = user;
  return (
    <ConfirmRemoval
      title={t("admin.users.deleteTitle")}
      confirm={t("common.delete")}
      remove={async () => {
        await api.DELETE("/v1/users/{user_id}", { params: { path: { user_id: user.id } } });
      }}
      onRemoved={async () => {
        say(t("admin.users.deleted", { email }));
        onClose();
        await queryClient.invalidateQueries(usersQuery);
      }}
      onClose={onClose}
    >
      {t("admin.users.deleteText", { email })}
    </ConfirmRemoval>
  );
}
