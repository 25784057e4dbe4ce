"""The vendor's Sequences API."""

from fastapi import APIRouter

from platforms.emulator.world import World


def routes(world: World) -> APIRouter:
    """Its operations."""
    return APIRouter()
