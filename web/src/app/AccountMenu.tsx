import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { UserRound } from "lucide-react";
import { useTranslation } from "react-i18next";

import { api } from "@/api/client";
import { meQuery } from "@/api/queries";
import { useMe } from "@/components/me";
import { Menu, MenuChoice, MenuItem, MenuLine, MenuLink } from "@/components/Menu";
import { isLanguage, LANGUAGES, setLanguage } from "@/texts";

import { setTheme, useTheme, type Theme } from "./theme";

/** One's account, the settings, and how the pages look and speak. */
export default function AccountMenu({ onShortcuts }: { onShortcuts: () => void }) {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const theme = useTheme();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const signOut = async () => {
    try {
      await api.POST("/v1/auth/sign-out");
    } finally {
      queryClient.clear();
      queryClient.setQueryData(meQuery.queryKey, null);
      await navigate({ to: "/sign-in" });
    }
  };
  return (
    <Menu label={t("app.menu")} icon={<UserRound size={20} aria-hidden />} defaultOpen>
      <MenuLine>{me.email}</MenuLine>
      <MenuLink to="/settings/account">{t("app.account")}</MenuLink>
      <MenuLink to="/settings">{t("app.settings")}</MenuLink>
      <MenuItem onClick={onShortcuts}>{t("app.shortcuts.title")}</MenuItem>
      <MenuChoice
        label={t("app.theme")}
        value={theme}
        choices={{ auto: t("app.auto"), light: t("app.light"), dark: t("app.dark") }}
        onChange={(value) => setTheme(value as Theme)}
      />
      <MenuChoice
        label={t("app.language")}
        value={i18n.language}
        choices={LANGUAGES}
        onChange={(value) => {
          if (isLanguage(value)) void setLanguage(value, true);
        }}
      />
      <MenuItem onClick={() => void signOut()}>{t("app.signOut")}</MenuItem>
    </Menu>
  );
}
