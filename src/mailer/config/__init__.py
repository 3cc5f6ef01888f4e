"""mailer.toml -> Config, checked whole."""

from mailer.config.config import Config, ListConfig, TransportConfig
from mailer.config.load import CONFIG_NAME, load_config

__all__ = ["CONFIG_NAME", "Config", "ListConfig", "TransportConfig", "load_config"]
