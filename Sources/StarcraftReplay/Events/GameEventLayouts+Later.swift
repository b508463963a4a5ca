extension GameEventLayouts {
    private static func unitTarget(flags: Int) -> String {
        "{targetUnitFlags:u\(flags) timer:u8 tag:u32 snapshotUnitLink:u16 snapshotControlPlayerId:?u4 snapshotUpkeepPlayerId:?u4 snapshotPoint:{x:u20 y:u20 z:i32}}"
    }
    private static let tail = "sequence:u32+1 otherUnit:?u32 unitGroup:?u32"

    private static func mask(_ bits: Int) -> String {
        "ch2(0 None:- | 1 Mask:bits(\(bits)) | 2 OneIndices:[\(bits)]u\(bits) | 3 ZeroIndices:[\(bits)]u\(bits))"
    }

    private static func selection(_ since: Int, bits: Int, _ priority: String) -> Change {
        Change(
            since, 28, "SelectionDelta",
            "{controlGroupId:u4 delta:{subgroupIndex:u\(bits) removeMask:\(mask(bits)) addSubgroups:[\(bits)]{unitLink:u16 \(priority)intraSubgroupPriority:u8 count:u\(bits)} addUnitTags:[\(bits)]u32}}"
        )
    }

    private static func group(_ since: Int, operation: Int, bits: Int) -> Change {
        Change(
            since, 29, "ControlGroupUpdate",
            "{controlGroupIndex:u4 controlGroupUpdate:u\(operation) mask:\(mask(bits))}")
    }

    /// The flags of ``UserOptions`` up to 2.0, in the order they came.
    private static let options =
        "gameFullyDownloaded:b developmentCheatsEnabled:b multiplayerCheatsEnabled:b syncChecksummingEnabled:b isMapToMapTransition:b"
    /// The flags since 3.0; the rally point went with 3.2.
    private static func options(_ rally: String) -> String {
        "{gameFullyDownloaded:b developmentCheatsEnabled:b testCheatsEnabled:b multiplayerCheatsEnabled:b syncChecksummingEnabled:b isMapToMapTransition:b \(rally)debugPauseEnabled:b useGalaxyAsserts:b platformMac:b cameraFollow:b baseBuildNum:u32 buildNum:u32 versionFlags:u32 hotkeyProfile:str(9)}"
    }
    private static let person = "observe:u2 name:str(8) toonHandle:?str(7) clanTag:?str(8)"
    private static let pingedUnit =
        "unit:u32 unitLink:u16 unitControlPlayerId:?u4 unitUpkeepPlayerId:?u4 unitPosition:{x:u20 y:u20 z:i32}"
    private static let clickPlace = "posUI:{x:u11 y:u11} posWorld:{x:u20 y:u20 z:i32}"

    /// What changed after 1.0; the last is 4.13 (80669), and 5.0 changed nothing.
    static let later: [Change] = [
        selection(16561, bits: 8, ""), group(16561, operation: 2, bits: 8),
        Change(16561, 88, "DecrementGameTimeRemaining", "{decrementMs:u19}"),
        Change(17266, 11, "BankSignature", "{signature:[5]u8}"), Change(17266, 12, "UserOptions", firstOptions),
        Change(17266, 58, "TriggerMouseClicked", "{button:u32 down:b \(clickPlace)}"),
        Change(17266, 59, "TriggerMouseMoved", "{\(clickPlace)}"),
        command(19458, flags: 18, unit: unitTarget(flags: 8)),
        Change(
            19458, 33, "AICommunicate",
            "{beacon:i8 ally:i8 autocast:i8 targetUnitTag:u32 targetUnitSnapshotUnitLink:u16 targetUnitSnapshotUpkeepPlayerId:?u4 targetUnitSnapshotControlPlayerId:?u4 targetPoint:{x:i32 y:i32 z:i32}}"
        ),
        Change(22612, 12, "UserOptions", "{\(options) useAIBeacons:b}"),
        command(22612, flags: 20, unit: unitTarget(flags: 8)), selection(22612, bits: 9, ""),
        group(22612, operation: 2, bits: 9),
        Change(
            22612, 30, "SelectionSyncCheck",
            "{controlGroupId:u4 selectionSyncData:{count:u9 subgroupCount:u9 activeSubgroupIndex:u9 unitTagsChecksum:u32 subgroupIndicesChecksum:u32 subgroupsChecksum:u32}}"
        ),
        Change(
            22612, 33, "AICommunicate",
            "{beacon:i8 ally:i8 flags:i8 build:i8 targetUnitTag:u32 targetUnitSnapshotUnitLink:u16 targetUnitSnapshotUpkeepPlayerId:i8 targetUnitSnapshotControlPlayerId:i8 targetPoint:{x:i32 y:i32 z:i32}}"
        ),
        Change(22612, 36, "TriggerPing", "{point:{x:i32 y:i32} unit:u32 pingedMinimap:b}"),
        Change(22612, 47, "TriggerTransmissionOffset", "{transmissionId:i32 thread:u32}"),
        Change(22612, 60, "AchievementAwarded", "{achievementLink:u16}"),
        Change(22612, 97, "TriggerCutsceneBookmarkFired", "{cutsceneId:i32 bookmarkName:str(7)}"),
        Change(22612, 98, "TriggerCutsceneEndSceneFired", "{cutsceneId:i32}"),
        Change(
            22612, 99, "TriggerCutsceneConversationLine",
            "{cutsceneId:i32 conversationLine:str(7) altConversationLine:str(7)}"),
        Change(22612, 100, "TriggerCutsceneConversationLineMissing", "{cutsceneId:i32 conversationLine:str(7)}"),
        Change(23260, 56, "TriggerSoundLengthSync", "{syncInfo:{soundHash:[7]u32 length:[7]u32}}"),
        // The beta of Heart of the Swarm.
        Change(23925, 12, "UserOptions", "{\(options) startingRally:b baseBuildNum:u32}"),
        selection(23925, bits: 9, "subgroupPriority:u8 "),
        Change(23925, 49, "CameraUpdate", "{target:?{x:u16 y:u16} distance:?u16 pitch:?u16 yaw:?u16}"),
        Change(
            23925, 55, "TriggerDialogControl",
            "{controlId:i32 eventType:i32 eventData:ch3(0 None:- | 1 Checked:b | 2 ValueChanged:u32 | 3 SelectionChanged:i32 | 4 TextChanged:str(11) | 5 MouseButton:u32)}"
        ),
        Change(24247, 7, "UserOptions", "{\(options) startingRally:b baseBuildNum:u32}"),
        Change(24247, removes: 8), Change(24247, 9, "BankFile", "{name:str(7)}"),
        Change(24247, 10, "BankSection", "{name:str(6)}"),
        Change(24247, 11, "BankKey", "{name:str(6) type:u32 data:str(7)}"),
        Change(24247, 12, "BankValue", "{type:u32 name:str(6) data:str(12)}"),
        Change(24247, 13, "BankSignature", "{signature:[5]u8 toonHandle:str(7)}"),
        Change(24247, 14, "CameraSave", "{which:u3 target:{x:u16 y:u16}}"),
        Change(24247, 21, "SaveGame", "{fileName:str(11) automatic:b overwrite:b name:str(8) description:str(10)}"),
        Change(24247, 22, "SaveGameDone", "{}"), Change(24247, 23, "LoadGameDone", "{}"),
        Change(24247, removes: 25),
        Change(24247, 43, "HijackReplayGame", "{userInfos:[5]{gameUserId:u4 \(person)} method:u1}"),
        Change(24247, 62, "TriggerTargetModeUpdate", "{abilLink:u16 abilCmdIndex:u5 state:i8}"),
        Change(24247, removes: 76), Change(24247, 101, "GameUserLeave", "{}"),
        Change(24247, 102, "GameUserJoin", "{\(person)}"),
        Change(26490, 7, "UserOptions", "{\(options) startingRally:b debugPauseEnabled:b baseBuildNum:u32}"),
        Change(26490, 58, "TriggerMouseClicked", "{button:u32 down:b \(clickPlace) flags:i8}"),
        Change(26490, 59, "TriggerMouseMoved", "{\(clickPlace) flags:i8}"),
        Change(
            27950, 43, "HijackReplayGame",
            "{userInfos:[5]{gameUserId:u4 \(person) clanLogo:?str(=40)} method:u1}"),
        Change(27950, 49, "CameraUpdate", "{target:?{x:u16 y:u16} distance:?u16 pitch:?u16 yaw:?u16 reason:?i8}"),
        Change(27950, removes: 92), Change(27950, 102, "GameUserJoin", "{\(person) clanLogo:?str(=40)}"),
        Change(34784, 7, "UserOptions", options("startingRally:b ")),
        Change(34784, 25, "CommandManagerReset", "{sequence:u32}"),
        command(34784, flags: 23, unit: unitTarget(flags: 16), tail: tail),
        Change(34784, 36, "TriggerPing", "{point:{x:i32 y:i32} unit:u32 pingedMinimap:b option:i32}"),
        Change(
            34784, 49, "CameraUpdate",
            "{target:?{x:u16 y:u16} distance:?u16 pitch:?u16 yaw:?u16 reason:?i8 follow:b}"),
        Change(34784, 61, "TriggerHotkeyPressed", "{hotkey:u32 down:b}"),
        Change(34784, 101, "GameUserLeave", "{leaveReason:u4}"),
        Change(
            34784, 102, "GameUserJoin", "{\(person) clanLogo:?str(=40) hijack:b hijackCloneGameUserId:?u4}"),
        Change(34784, 103, "CommandManagerState", "{state:u2 sequence:?u32+1}"),
        Change(34784, 104, "CmdUpdateTargetPoint", "{target:{x:u20 y:u20 z:i32}}"),
        Change(34784, 105, "CmdUpdateTargetUnit", "{target:\(unitTarget(flags: 16))}"),
        Change(34784, 106, "TriggerAnimLengthQueryByName", "{queryId:u16 lengthMs:u32 finishGameLoop:u32}"),
        Change(34784, 107, "TriggerAnimLengthQueryByProps", "{queryId:u16 lengthMs:u32}"),
        Change(34784, 108, "TriggerAnimOffset", "{animWaitQueryId:u16}"),
        Change(34784, 109, "CatalogModify", "{catalog:u8 entry:u16 field:str(8) value:str(8)}"),
        Change(34784, 110, "HeroTalentTreeSelected", "{index:u32}"),
        Change(34784, 111, "TriggerProfilerLoggingFinished", "{}"),
        Change(34784, 112, "HeroTalentTreeSelectionPanelToggled", "{shown:b}"),
        group(36442, operation: 3, bits: 9), Change(38215, 7, "UserOptions", options("")),
        command(38215, flags: 25, unit: unitTarget(flags: 16), tail: tail),
        Change(
            38215, 76, "TriggerCommandError", "{error:i32 abil:?{abilLink:u16 abilCmdIndex:u5 abilCmdData:?u8}}"),
        Change(38215, 92, "TriggerMouseWheel", "{wheelSpin:i16 flags:i8}"),
        Change(38749, 36, "TriggerPing", "{point:{x:i32 y:i32} \(pingedUnit) pingedMinimap:b option:i32}"),
        Change(
            38996, 36, "TriggerPing",
            "{point:{x:i32 y:i32} \(pingedUnit) unitIsUnderConstruction:b pingedMinimap:b option:i32}"),
        Change(41743, 88, "DecrementGameTimeRemaining", "{decrementSeconds:i32}"),
        command(64469, flags: 26, unit: unitTarget(flags: 16), tail: tail),
        Change(65895, 116, "SetSyncLoadingTime", "{syncTime:u32}"),
        Change(65895, 117, "SetSyncPlayingTime", "{syncTime:u32}"),
        Change(65895, 118, "PeerSetSyncLoadingTime", "{syncTime:u32}"),
        Change(65895, 119, "PeerSetSyncPlayingTime", "{syncTime:u32}"),
        command(80669, flags: 27, unit: unitTarget(flags: 16), tail: tail),
    ]
}
