"""The reply: its draft, its tone, its pictures, its promised date."""
